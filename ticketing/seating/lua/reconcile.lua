-- Repair single seats that differ from Postgres, and the terms of sale. ARGV: run, number of seat repairs, then for
-- each: index, state seen, state due; then field and value pairs of the mirror. A seat that has changed since it was
-- looked at is left for the next round. Answers ok, repaired | missing.

if not mirror_is_there(ARGV[1]) then
  return { 'missing' }
end
end_expired()
local changes = {}
local last = 2 + 3 * tonumber(ARGV[2])
for position = 3, last, 3 do
  local index = ARGV[position]
  if seat_at(index) == ARGV[position + 1] then
    redis.call('SETRANGE', SEATS, index, ARGV[position + 2])
    changes[#changes + 1] = index .. ARGV[position + 2]
  end
end
for position = last + 1, #ARGV - 1, 2 do
  redis.call('HSET', MIRROR, ARGV[position], ARGV[position + 1])
end
if #changes > 0 then
  publish(table.concat(changes, ','))
end
return { 'ok', #changes }
