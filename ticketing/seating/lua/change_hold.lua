-- Give up some seats and take others, all or nothing. ARGV: run, hold id, the seats it had when the caller looked,
-- those to give up, those to take, how many it may have (0: as many as the public). Answers ok | gone | changed | taken, indices | kept, indices | too_many | missing.

local mirror = open_mirror(ARGV[1])
if not mirror then
  return { 'missing' }
end
end_expired(mirror)
local hold = read_hold(ARGV[2])
if not hold then
  return { 'gone' }
end
if hold.seats ~= ARGV[3] then
  return { 'changed' }
end
local given_up, kept = {}, {}
for _, index in ipairs(indices_of(ARGV[4])) do
  given_up[index] = true
end
for _, index in ipairs(indices_of(hold.seats)) do
  if not given_up[index] then
    kept[#kept + 1] = index
  end
end
local taken, outcome = {}, 'taken'
local added = indices_of(ARGV[5])
for _, index in ipairs(added) do
  local state = seat_at(index)
  if state ~= FREE then
    taken[#taken + 1] = index
    outcome = state == KEPT and 'kept' or outcome
  end
  kept[#kept + 1] = index
end
if #taken > 0 then
  return { outcome, table.concat(taken, ',') }
end
local most = tonumber(ARGV[6])
most = most > 0 and most or mirror.max
if #kept > most then
  return { 'too_many', most }
end
local changes = {}
for _, index in ipairs(added) do
  redis.call('SETRANGE', SEATS, index, HELD)
  changes[#changes + 1] = index .. HELD
end
for index in pairs(given_up) do
  if seat_at(index) == HELD then
    free_seat(mirror, index, changes)
  end
end
hold.seats = table.concat(kept, ',')
write_hold(mirror, ARGV[2], hold)
if #changes > 0 then
  publish(mirror, table.concat(changes, ','))
end
return hold_answer(hold)
