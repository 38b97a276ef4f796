-- The waiting list was asked and has no use for these seats: they are everybody's. ARGV: run, what `kept` was when it
-- was asked, place indices. Nothing happens where more was kept, or somebody joined, since: then it is asked again.
-- Answers ok | changed | missing.

local mirror = open_mirror(ARGV[1])
if not mirror then
  return { 'missing' }
end
if digits(mirror.kept) ~= ARGV[2] then
  return { 'changed' }
end
local changes = {}
for _, index in ipairs(indices_of(ARGV[3])) do
  if seat_at(index) == KEPT then
    redis.call('SETRANGE', SEATS, index, FREE)
    changes[#changes + 1] = index .. FREE
  end
end
if #changes > 0 then
  publish(mirror, table.concat(changes, ','))
end
return { 'ok' }
