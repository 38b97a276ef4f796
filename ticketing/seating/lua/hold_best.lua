-- Take the best free block. ARGV[5]: party size.
-- KEYS[6] ranking: one byte a place, '1' where a run begins; then the candidate blocks of this hall for this wish,
-- best first, each place index two bytes. KEYS[7] left: the same without blocks that were taken, behind the revision
-- (16 digits) at which a seat last became free.
-- Answers ok | none | kept (some are for the waiting list) | candidates (load KEYS[6] first) | closed | too_many | slow | missing.
--
-- A block that is taken stays so until a seat becomes free. So what a search finds taken is left out for the next
-- ones, and selling a hall out walks over each block a few times, not once a party.

local count = tonumber(ARGV[5])
local mirror = open_mirror(ARGV[1])
local refusal = refused_at_the_gate(mirror, count)
if refusal then
  return refusal
end
local got = redis.call('MGET', SEATS, KEYS[7])
local map, ranked = got[1], got[2]
if not map then
  return { 'missing' }
end
local generation = string.format('%016.0f', mirror.freed)
if ranked and string.sub(ranked, 1, 16) == generation then
  ranked = string.sub(ranked, 17)
else
  ranked = redis.call('GET', KEYS[6])
  if not ranked then
    return { 'candidates' }
  end
end
local byte = string.byte
local free, start = byte(FREE), byte('1')
local width = 2 * count

local function block_at(position)
  local block = {}
  for member = 1, count do
    local high, low = byte(ranked, position + 2 * member - 2, position + 2 * member - 1)
    block[member] = high * 256 + low
  end
  return block
end

local function is_free(position)
  for at = position, position + width - 2, 2 do
    local high, low = byte(ranked, at, at + 1)
    if byte(map, high * 256 + low + 1) ~= free then
      return false
    end
  end
  return true
end

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
  if byte(map, neighbour + 1) ~= free or byte(ranked, border + 1) == start or within(block, neighbour) then
    return false
  end
  local beyond = neighbour + step
  border = step == -1 and neighbour or beyond
  return byte(map, beyond + 1) ~= free or byte(ranked, border + 1) == start or within(block, beyond)
end

-- Most blocks are a stretch of one run: then only its two ends have neighbours to look at.
local function stretch_leaves_single(first, last)
  if byte(map, first) == free and byte(ranked, first + 1) ~= start
    and (byte(ranked, first) == start or byte(map, first - 1) ~= free) then
    return true
  end
  return byte(map, last + 2) == free and byte(ranked, last + 2) ~= start
    and (byte(map, last + 3) ~= free or byte(ranked, last + 3) == start)
end

local function leaves_any_single(position)
  local high, low = byte(ranked, position, position + 1)
  local first = high * 256 + low
  high, low = byte(ranked, position + width - 2, position + width - 1)
  local last = high * 256 + low
  if last - first == count - 1 then
    return stretch_leaves_single(first, last)
  end
  local block = block_at(position)
  for _, index in ipairs(block) do
    if leaves_single(block, index, -1) or leaves_single(block, index, 1) then
      return true
    end
  end
  return false
end

local first_free, chosen
-- What is worth keeping, as stretches between the blocks that were found taken.
local kept, begin, found_taken = {}, 1, 0
for position = #map + 1, #ranked - width + 1, width do
  if is_free(position) then
    first_free = first_free or position
    if not leaves_any_single(position) then
      chosen = position
      break
    end
  else
    found_taken = found_taken + 1
    if begin < position then
      kept[#kept + 1] = string.sub(ranked, begin, position - 1)
    end
    begin = position + width
  end
end
-- A few are not worth the writing.
if found_taken > 16 then
  kept[#kept + 1] = string.sub(ranked, begin)
  redis.call('SET', KEYS[7], generation .. table.concat(kept), 'EX', 86400)
end
if not first_free then
  if string.find(map, KEPT, 1, true) then
    return { 'kept' }
  end
  return { 'none' }
end
return take(mirror, block_at(chosen or first_free))
