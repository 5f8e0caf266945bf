"""碳惠春城 (Tanhui Chuncheng): the backend of Kunming's carbon-inclusion platform.

Read it in the order data flows: core (what all stand on), identity (who is calling), methodology (how an act
becomes grams), ledger (the books), activities (acts reported by partners), rewards (points become vouchers at a
till), settlement (the day balances). A context may call those before it, never those after it.
"""
