-- POST /orders/{order_id}/cancel: until it is shipped an order can be cancelled, with a reason or without.
wraith.import("moves")("cancel", function(order, values)
  order.cancel_reason = values.reason -- shown where one was given
end)
