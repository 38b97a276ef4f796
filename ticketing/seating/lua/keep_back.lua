-- Keep seats back for an owner, all or none: nobody can hold them from now on. ARGV: run, place indices (comma
-- separated). Answers ok | taken, indices | missing.

local mirror = open_mirror(ARGV[1])
if not mirror or redis.call('EXISTS', SEATS) == 0 then
  return { 'missing' }
end
end_expired(mirror)
local indices, taken, changes = indices_of(ARGV[2]), {}, {}
for _, index in ipairs(indices) do
  if seat_at(index) ~= FREE then
    taken[#taken + 1] = index
  end
end
if #taken > 0 then
  return { 'taken', table.concat(taken, ',') }
end
for _, index in ipairs(indices) do
  redis.call('SETRANGE', SEATS, index, 'b')
  changes[#changes + 1] = index .. 'b'
end
publish(mirror, table.concat(changes, ','))
return { 'ok' }
