-- Take some places of an unnumbered area. ARGV[5]: how many, ARGV[6], ARGV[7]: first and last place index of the area.
-- Answers ok | none, free | kept (what would do is for the waiting list) | closed | too_many | slow | missing.

local mirror = open_mirror(ARGV[1])
local count = tonumber(ARGV[5])
local refusal = refused_at_the_gate(mirror, count)
if refusal then
  return refusal
end
local first = tonumber(ARGV[6])
local map = redis.call('GETRANGE', SEATS, first, ARGV[7])
if map == '' then
  return { 'missing' }
end
local indices, position = {}, 0
while #indices < count do
  position = string.find(map, FREE, position + 1, true)
  if not position then
    return { string.find(map, KEPT, 1, true) and 'kept' or 'none', #indices }
  end
  indices[#indices + 1] = first + position - 1
end
return take(mirror, indices)
