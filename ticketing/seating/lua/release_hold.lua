-- Give all seats of a hold back. ARGV: run, hold id. Answers ok (also when it is gone already) | missing.

local mirror = open_mirror(ARGV[1])
if not mirror then
  return { 'missing' }
end
end_expired(mirror)
local hold = read_hold(ARGV[2])
if hold then
  local changes = {}
  end_hold(mirror, ARGV[2], hold, changes)
  if #changes > 0 then
    publish(mirror, table.concat(changes, ','))
  end
end
return { 'ok' }
