-- Take the best free block. ARGV[4]: party size. KEYS[6]: the candidate blocks of this hall for this wish, best
-- first, each place index two bytes; '-' where the hall has none.
-- Answers ok | none | candidates (load KEYS[6] first) | closed | too_many | slow | missing.

local count = tonumber(ARGV[4])
local refusal = refused_at_the_gate(count)
if refusal then
  return refusal
end
local candidates = redis.call('GET', KEYS[6])
if not candidates then
  return { 'candidates' }
end
local map = redis.call('GET', SEATS)
local starts = redis.call('HGET', MIRROR, 'starts')
local byte = string.byte
local free, start = byte(FREE), byte('1')

local function within(block, index)
  for _, member in ipairs(block) do
    if member == index then
      return true
    end
  end
  return false
end

-- Would the neighbour be left alone, with nobody free on its other side? `step` is -1 to the left, 1 to the right.
local function leaves_single(block, index, step)
  local neighbour = index + step
  local border = step == -1 and index or neighbour
  if byte(map, neighbour + 1) ~= free or byte(starts, border + 1) == start or within(block, neighbour) then
    return false
  end
  local beyond = neighbour + step
  border = step == -1 and neighbour or beyond
  return byte(map, beyond + 1) ~= free or byte(starts, border + 1) == start or within(block, beyond)
end

local fallback
for position = 1, #candidates - 1, 2 * count do
  local block = {}
  for member = 0, count - 1 do
    local at = position + 2 * member
    local index = byte(candidates, at) * 256 + byte(candidates, at + 1)
    if byte(map, index + 1) ~= free then
      block = nil
      break
    end
    block[member + 1] = index
  end
  if block then
    local single = false
    for _, index in ipairs(block) do
      if leaves_single(block, index, -1) or leaves_single(block, index, 1) then
        single = true
        break
      end
    end
    if not single then
      return take(block)
    end
    fallback = fallback or block
  end
end
if fallback then
  return take(fallback)
end
return { 'none' }
