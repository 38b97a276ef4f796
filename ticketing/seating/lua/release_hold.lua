-- Give all seats of a hold back. ARGV: run, hold id. Answers ok (also when it is gone already) | missing.

if not mirror_is_there(ARGV[1]) then
  return { 'missing' }
end
end_expired()
local hold = read_hold(ARGV[2])
if hold then
  local changes = {}
  end_hold(ARGV[2], hold, changes)
  if #changes > 0 then
    publish(table.concat(changes, ','))
  end
end
return { 'ok' }
