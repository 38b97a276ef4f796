-- Take the best free block. ARGV[4]: party size, ARGV[5]: the field of the mirror that keeps this wish's cursor.
-- KEYS[6]: one byte a place, '1' where a run begins; then the candidate blocks of this hall for this wish, best first,
-- each place index two bytes. Answers ok | none | candidates (load KEYS[6] first) | closed | too_many | slow | missing.
--
-- The cursor is "revision position": before that position no block was free, at that revision. While no seat has
-- become free since, the search begins there: selling a hall out costs one walk over the blocks, not one a party.

local count = tonumber(ARGV[4])
local mirror = open_mirror(ARGV[1], ARGV[5])
local refusal = refused_at_the_gate(mirror, count)
if refusal then
  return refusal
end
local got = redis.call('MGET', SEATS, KEYS[6])
local map, ranked = got[1], got[2]
if not map then
  return { 'missing' }
end
if not ranked then
  return { 'candidates' }
end
local places = #map
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

local function leaves_any_single(block)
  for _, index in ipairs(block) do
    if leaves_single(block, index, -1) or leaves_single(block, index, 1) then
      return true
    end
  end
  return false
end

local begin = places + 1
local seen, cursor = string.match(mirror.last or '', '^(%d+) (%d+)$')
if seen and tonumber(seen) >= mirror.freed then
  begin = tonumber(cursor)
end

local first_free, chosen
for position = begin, #ranked - width + 1, width do
  if is_free(position) then
    first_free = first_free or position
    local block = block_at(position)
    if not leaves_any_single(block) then
      chosen = block
      break
    end
  end
end
-- A short walk is not worth the writing.
local reached = first_free or #ranked + 1
if reached - begin > 8 * width then
  redis.call('HSET', MIRROR, ARGV[5], digits(mirror.revision) .. ' ' .. reached)
end
if not first_free then
  return { 'none' }
end
return take(mirror, chosen or block_at(first_free))
