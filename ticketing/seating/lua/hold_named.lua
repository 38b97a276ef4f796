-- Take these seats, all or none. ARGV[4]: place indices, comma separated.
-- Answers ok | taken, indices | closed | too_many | slow | missing.

local indices = indices_of(ARGV[4])
local refusal = refused_at_the_gate(#indices)
if refusal then
  return refusal
end
local taken = {}
for _, index in ipairs(indices) do
  if seat_at(index) ~= FREE then
    taken[#taken + 1] = index
  end
end
if #taken > 0 then
  return { 'taken', table.concat(taken, ',') }
end
return take(indices)
