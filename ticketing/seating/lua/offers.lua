-- What the scripts share that know of the waiting list's offers: "hold|expires in ms|index,index;hold|…".

-- How many of the offers have no hold, or one that ends before their deadline.
local function count_loose(offers)
  local loose = 0
  for id, deadline in string.gmatch(offers, '([^;|]+)|(%d+)|') do
    local expires, hold = tonumber(deadline), read_hold(id)
    if expires > NOW and (not hold or hold.expires < expires) then
      loose = loose + 1
    end
  end
  return loose
end

-- Holds the seats of each offer for its party, until its deadline. One whose seats somebody else has is left out.
-- An offer is written in Postgres, so this makes good whatever Redis has lost of it. Answers those in place, as a set.
local function put_offers(mirror, offers, changes)
  local put = {}
  for id, deadline, seats in string.gmatch(offers, '([^;|]+)|(%d+)|([%d,]+)') do
    local expires, known = tonumber(deadline), read_hold(id)
    local hold = known or { expires = 0, cap = expires, seats = seats }
    local whole, loose, listed = expires > NOW, {}, nil
    for _, index in ipairs(indices_of(hold.seats)) do
      local state = seat_at(index)
      if state == HELD and not known then
        -- Held by nobody, where its hold was lost and not its seats.
        listed = listed or seats_of_holds()
        state = listed[index] and HELD or KEPT
      end
      if state == FREE or state == KEPT then
        loose[#loose + 1] = index
      else
        -- Its buyer may have given up or ordered some of them.
        whole = whole and known ~= nil
      end
    end
    if whole then
      for _, index in ipairs(loose) do
        redis.call('SETRANGE', SEATS, index, HELD)
        changes[#changes + 1] = index .. HELD
      end
      if hold.expires < expires then
        hold.expires = expires
        write_hold(mirror, id, hold)
      end
      put[id] = true
    end
  end
  return put
end
