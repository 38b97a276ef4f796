-- Everything that a viewer needs. ARGV: run. Answers ok, revision, seats, layout id | missing.

local mirror = open_mirror(ARGV[1])
if not mirror then
  return { 'missing' }
end
end_expired(mirror)
local seats = redis.call('GET', SEATS)
if not seats then
  return { 'missing' }
end
return { 'ok', digits(mirror.revision), seats, mirror.layout }
