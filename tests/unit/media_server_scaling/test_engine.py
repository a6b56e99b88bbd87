"""The engine in virtual time."""

import asyncio
import time
from datetime import timedelta

from nai.vnfm.media_server.autoscaling.decision import Outcome, Verdict
from nai.vnfm.media_server.autoscaling.evaluation import evaluate
from nai.vnfm.media_server.autoscaling.settings import AutoscalingSettings
from nai.vnfm.media_server.autoscaling.states import FOLLOWING, ScalingState
from nai.vnfm.media_server.decisions.model import DecisionState, describe
from tests.unit.media_server_scaling.builders import ALARM, inward, policy
from tests.unit.media_server_scaling.world import VNFR, World


async def test_first_evaluation_after_the_cooldown_then_each_period() -> None:
    async with World([50]) as world:
        world.activate([policy()])
        await world.clock.advance(59)
        assert world.states == [ScalingState.SCALE, ScalingState.INACTIVE]
        await world.clock.advance(1)
        await world.clock.advance(60)
        assert world.states[2:] == [ScalingState.DETECT, ScalingState.INACTIVE] * 3
        assert world.noted == []


async def test_scales_out_then_cools_down() -> None:
    async with World([80]) as world:
        world.activate([policy()])
        await world.clock.advance(60)
        assert world.engine.state(VNFR) is ScalingState.SCALE
        await world.clock.advance(10)
        assert world.engine.state(VNFR) is ScalingState.COOLDOWN
        assert len(world.servers) == 2
        world.servers[:] = [80, 80]
        await world.clock.advance(59)
        assert [decision.outcome for decision in world.noted] == [Outcome.COOLDOWN]
        assert world.noted[0].repeats == 2
        await world.clock.advance(1)
        assert world.engine.state(VNFR) is ScalingState.INACTIVE
        # Evaluations keep their beat: 60, 90, 120, 150; the cooldown ended at 130.
        await world.clock.advance(20)
        assert len(world.executed) == 2
        first = world.executed[0]
        assert (first.outcome, first.scaled, first.alarms[0].measured) == (Outcome.SCALE_OUT, 1, 80)
        assert first.fleet.used_points == {"0": 80}


async def test_every_change_of_state_is_one_of_the_contract() -> None:
    async with World([80]) as world:
        world.activate([policy(), inward()])
        for points in (80, 10, 80, 0, 0):
            world.servers[:] = [points for _ in world.servers]
            await world.clock.advance(100)
        await world.engine.deactivate(VNFR)
        present = ScalingState.INACTIVE
        for following in world.states:
            assert following in FOLLOWING[present]
            present = following
        assert present is ScalingState.TERMINATED


async def test_never_beyond_the_maximum() -> None:
    async with World([100], maximum=3) as world:
        world.activate([policy(actions=[{"type": "SCALE_OUT", "value": "2"}])])
        for _ in range(10):
            world.servers[:] = [100 for _ in world.servers]
            await world.clock.advance(60)
        assert len(world.servers) == 3
        assert world.noted[-1].outcome is Outcome.AT_MAXIMUM
        assert world.noted[-1].repeats > 3


async def test_never_below_the_minimum_and_never_a_busy_one() -> None:
    async with World([0, 10, 10, 0]) as world:
        world.activate([inward(value="1")])
        await world.clock.advance(600)
        assert sorted(world.servers) == [10, 10]
        assert world.noted[-1].outcome is Outcome.NO_IDLE_SERVER
        world.servers[:] = [0, 0]
        await world.clock.advance(600)
        assert world.servers == [0]
        assert [decision.outcome for decision in world.noted][-1] is Outcome.AT_MINIMUM


async def test_flapping_load_neither_adds_nor_removes_with_steadiness() -> None:
    async with World([80, 0], settings=AutoscalingSettings(steady_periods=2)) as world:
        world.activate([policy(), inward()])
        for beat in range(20):
            world.servers[:] = [160, 0] if beat % 2 else [0, 0]
            await world.clock.advance(30)
        assert world.executed == []
        world.servers[:] = [160, 0]
        await world.clock.advance(60)
        assert [decision.outcome for decision in world.executed] == [Outcome.SCALE_OUT]


async def test_a_scale_in_that_would_be_undone_is_held() -> None:
    async with World([100, 0]) as world:
        world.activate([policy(), inward(threshold=60)])
        await world.clock.advance(600)
        assert world.executed == []
        assert world.noted[0].outcome is Outcome.HYSTERESIS
        assert len(world.noted) == 1
    async with World([100, 0], settings=AutoscalingSettings(hysteresis=False)) as world:
        world.activate([policy(), inward(threshold=60)])
        await world.clock.advance(60)
        assert [decision.outcome for decision in world.executed] == [Outcome.SCALE_IN]


async def test_two_policies_at_once_outwards_goes_first() -> None:
    cpu = ALARM | {"metric": "cpu", "threshold": 0.9}
    async with World([0, 80]) as world:
        world.remote = {"cpu": [0.95], "CONSUMED_CAPACITY": [0, 80]}
        world.activate(
            [
                inward(alarms=[cpu | {"statistic": "min"}]),
                policy("small", alarms=[cpu]),
                policy("big", alarms=[cpu], actions=[{"type": "SCALE_OUT", "value": "2"}]),
            ]
        )
        await world.clock.advance(60)
        assert [decision.policy for decision in world.executed] == ["big"]
        assert {decision.policy: decision.outcome for decision in world.noted} == {
            "small": Outcome.OVERRULED,
            "scale-in": Outcome.OVERRULED,
        }


async def test_a_failed_action_is_recorded_and_tried_again_a_period_later() -> None:
    async with World([80]) as world:
        world.error = RuntimeError("No valid host was found.")
        world.activate([policy()])
        await world.clock.advance(70)
        failed = world.noted[0]
        assert (failed.state, failed.error) == (DecisionState.FAILED, "No valid host was found.")
        assert world.engine.state(VNFR) is ScalingState.INACTIVE
        world.error = None
        await world.clock.advance(30)
        assert len(world.servers) == 2


async def test_other_metrics_are_fetched_beside_the_loop() -> None:
    cpu = ALARM | {"metric": "cpu", "threshold": 0.9}
    async with World([80]) as world:
        world.remote_seconds = 45
        world.remote = {"cpu": [0.95]}
        world.activate([policy("remote", alarms=[cpu])])
        world.activate([policy("local")], "vnfr-2")
        world.points["vnfr-2"] = [80]
        await world.clock.advance(60)
        assert [decision.vnfr_id for decision in world.executed] == ["vnfr-2"]
        # The period at 90 finds the fetch of 60 still going on and starts no second one.
        await world.clock.advance(45)
        assert [decision.policy for decision in world.executed] == ["local", "remote"]


async def test_deactivation_waits_for_the_running_action_but_not_for_ever() -> None:
    async with World([80], seconds=30) as world:
        world.activate([policy()])
        await world.clock.advance(60)
        ending = asyncio.ensure_future(world.engine.deactivate(VNFR))
        await world.clock.advance(29)
        assert world.engine.state(VNFR) is ScalingState.TERMINATING
        await world.clock.advance(1)
        assert ending.done()
        assert len(world.servers) == 2
        assert world.engine.state(VNFR) is ScalingState.TERMINATED
    async with World([80], seconds=3000) as world:
        world.activate([policy()])
        await world.clock.advance(60)
        ending = asyncio.ensure_future(world.engine.deactivate(VNFR))
        await world.clock.advance(60)
        assert ending.done()
        await world.clock.advance(5000)
        assert len(world.servers) == 1


async def test_a_restart_goes_on_with_the_cooldown() -> None:
    async with World([80]) as world:
        until = world.clock.now() + timedelta(seconds=75)
        world.engine.activate(VNFR, [policy()], cooldown_until=until)
        await world.clock.advance(74)
        assert world.engine.state(VNFR) is ScalingState.COOLDOWN
        assert world.noted[0].outcome is Outcome.COOLDOWN
        await world.clock.advance(16)
        assert len(world.executed) == 1


async def test_a_restart_waits_for_the_interrupted_action() -> None:
    async with World([80]) as world:
        before = describe(
            VNFR,
            evaluate(policy(), {"CONSUMED_CAPACITY": [80]}),
            Verdict(Outcome.SCALE_OUT, "", 1, {"vdu-id": 1}),
            world.fleet(VNFR),
            world.clock.now(),
        )
        before.scaled = 1
        world.interrupted = before
        world.activate([policy()])
        await world.clock.advance(9)
        assert world.engine.state(VNFR) is ScalingState.SCALE
        await world.clock.advance(1)
        assert world.engine.state(VNFR) is ScalingState.COOLDOWN


async def test_one_vnfr_in_trouble_leaves_the_others_alone() -> None:
    async with World([80]) as world:
        world.activate([policy()], "broken")
        world.points["broken"] = None  # type: ignore[assignment]
        world.activate([policy()])
        await world.clock.advance(60)
        assert [decision.vnfr_id for decision in world.executed] == [VNFR]


async def test_policies_of_one_name_are_told_apart() -> None:
    async with World([80]) as world:
        world.activate([policy(threshold=1000), policy()])
        await world.clock.advance(60)
        assert [decision.policy for decision in world.executed] == ["scale-out (2)"]


async def test_a_thousand_policies_in_a_tenth_of_a_second() -> None:
    async with World() as world:
        for number in range(500):
            world.activate([policy(), inward(threshold=-1)], f"vnfr-{number}")
            world.points[f"vnfr-{number}"] = [50.0, 60.0, 40.0]
        await world.clock.advance(59)
        world.clock._passed = 60
        started = time.process_time()
        world.engine.tick()
        seconds = time.process_time() - started
        assert world.states.count(ScalingState.DETECT) == 500
        assert seconds < 0.1
