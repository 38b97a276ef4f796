-- Tell the mirror what Postgres has decided. ARGV: run, ids of the holds that this ends (comma separated), then
-- pairs of place indices (comma separated) and their state (r, s, b or f). KEYS[5] rebuild: token of a rebuild
-- under way. KEYS[6] late: what it must add to what it read. Answers ok | missing.
--
-- A seat becomes free only from a state that Postgres gave it: one that is held again meanwhile stays held. One that
-- a live hold still lists (its order went through and expired, its own end never came here) is that hold's again:
-- were it free, two holds could list it, and the end of one would free the seat of the other.

-- Also where a mirror is open: it may be of the layout that the screening had, and be replaced by the rebuild.
if #ARGV > 3 and redis.call('EXISTS', KEYS[5]) == 1 then
  for position = 3, #ARGV - 1, 2 do
    -- With the layout that counts these places: the rebuild may be one for another.
    redis.call('RPUSH', KEYS[6], (string.match(ARGV[1], ' (.+)$') or '') .. '|' .. ARGV[position] .. ':' .. ARGV[position + 1])
  end
  redis.call('PEXPIRE', KEYS[6], 60000)
end
local mirror = open_mirror(ARGV[1])
-- Without the seats, writing one would make a string of one seat and nothing before it.
if not mirror or redis.call('EXISTS', SEATS) == 0 then
  return { 'missing' }
end
local changes, listed = {}, nil
for position = 3, #ARGV - 1, 2 do
  for _, index in ipairs(indices_of(ARGV[position])) do
    local state, before = ARGV[position + 1], seat_at(index)
    if state == FREE and before ~= FREE then
      listed = listed or seats_of_holds()
      state = listed[index] and HELD or FREE
    end
    if state == FREE then
      if before ~= FREE and before ~= HELD and before ~= KEPT then
        free_seat(mirror, index, changes)
      end
    elseif before ~= state then
      redis.call('SETRANGE', SEATS, index, state)
      changes[#changes + 1] = index .. state
    end
  end
end
-- After the seats have their state, so that ending a hold frees only what was not sold.
for id in string.gmatch(ARGV[2], '[^,]+') do
  local hold = read_hold(id)
  if hold then
    end_hold(mirror, id, hold, changes)
  end
end
if #changes > 0 then
  publish(mirror, table.concat(changes, ','))
end
return { 'ok' }
