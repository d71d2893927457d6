"""The bounded map: a model that is a dictionary and a list."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from scute_auth.expiring import ExpiringMap

BOUND = 3
NAMES = st.sampled_from("abcde")


class ExpiringModel(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.map: ExpiringMap[str, int] = ExpiringMap(BOUND)
        self.model: dict[str, tuple[int, float]] = {}
        self.now = 0.0

    @rule(key=NAMES, value=st.integers(), lasts=st.floats(-1, 10))
    def put(self, key: str, value: int, lasts: float) -> None:
        self.map.put(key, value, self.now + lasts)
        self.model.pop(key, None)
        self.model[key] = (value, self.now + lasts)
        if len(self.model) > BOUND:
            del self.model[next(iter(self.model))]

    @rule(key=NAMES)
    def get(self, key: str) -> None:
        value, until = self.model.get(key, (None, 0.0))
        assert self.map.get(key, self.now) == (value if self.now < until else None)

    @rule(key=NAMES)
    def discard(self, key: str) -> None:
        self.map.discard(key)
        self.model.pop(key, None)

    @precondition(lambda self: self.now < 100)
    @rule(seconds=st.floats(0, 5))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @invariant()
    def is_bounded(self) -> None:
        assert len(self.map) == len(self.model) <= BOUND


TestExpiringMap = ExpiringModel.TestCase
TestExpiringMap.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
