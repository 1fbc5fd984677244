"""Quality: services of many kinds, learned from three clients, answer a fourth as they would themselves."""

from __future__ import annotations

import pytest

from tests.synth.kinds import Accounts, Carts, Chat, Files, Jobs, Service, record
from tests.synth.recordings import findings
from wraith.conformance import check
from wraith.synth import learn


@pytest.mark.parametrize("kind", [Accounts, Carts, Chat, Files, Jobs])
def test_a_service_of_this_kind_is_learned(kind: type[Service]) -> None:
    """What was learned from some seeds answers another seed without a divergence."""
    model = learn(record(kind, (1, 2, 3))).model
    assert findings(check(model, record(kind, (9,)), runs=[])) == []
