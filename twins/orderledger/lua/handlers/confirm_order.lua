-- POST /orders/{order_id}/confirm: a draft with lines is owed for from now on.
wraith.import("moves")("confirm")
