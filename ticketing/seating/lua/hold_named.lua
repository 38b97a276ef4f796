-- Take these seats, all or none. ARGV[5]: place indices, comma separated.
-- Answers ok | taken, indices | kept, indices (for the waiting list) | closed | too_many | slow | missing.

local mirror = open_mirror(ARGV[1])
local indices = indices_of(ARGV[5])
local refusal = refused_at_the_gate(mirror, #indices)
if refusal then
  return refusal
end
local states = states_of(indices)
if #states < #indices then
  return { 'missing' }
end
if states ~= string.rep(FREE, #indices) then
  local taken = {}
  for position, index in ipairs(indices) do
    if string.sub(states, position, position) ~= FREE then
      taken[#taken + 1] = index
    end
  end
  local known = read_hold(ARGV[2])
  if known then
    return hold_answer(known)  -- taken by this very call: see take
  end
  return { string.find(states, KEPT, 1, true) and 'kept' or 'taken', table.concat(taken, ',') }
end
return take(mirror, indices)
