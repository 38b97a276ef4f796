-- Hold seats for a party of the waiting list, all or none: free ones, or kept for the list. ARGV: run, hold id, its
-- first term in ms, its deadline in ms, place indices. The term is short: it lasts until the offer is written in
-- Postgres, and tend_queue then holds the seats until the deadline. Answers ok | taken | closed | missing.

local mirror = open_mirror(ARGV[1])
if not mirror then
  return { 'missing' }
end
if mirror.open ~= '1' or NOW < mirror.opens or NOW >= mirror.closes then
  return { 'closed' }
end
end_expired(mirror)
if read_hold(ARGV[2]) then
  return { 'ok' } -- by this very call, whose answer was lost
end
local indices = indices_of(ARGV[5])
for _, index in ipairs(indices) do
  local state = seat_at(index)
  if state ~= FREE and state ~= KEPT then
    return { 'taken' }
  end
end
local deadline = tonumber(ARGV[4])
write_hold(mirror, ARGV[2], { expires = math.min(NOW + ARGV[3], deadline), cap = deadline, seats = ARGV[5] })
set_states(indices, HELD)
publish(mirror, string.gsub(ARGV[5], ',', HELD .. ',') .. HELD)
return { 'ok' }
