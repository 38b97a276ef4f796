-- Everything that a viewer needs. ARGV: run. Answers ok, revision, seats, layout id | missing.

if not mirror_is_there(ARGV[1]) then
  return { 'missing' }
end
end_expired()
return { 'ok', redis.call('HGET', MIRROR, 'revision'), redis.call('GET', SEATS), redis.call('HGET', MIRROR, 'layout') }
