"""Whatever a model can hold survives the wire."""

from hypothesis import given, settings
from hypothesis import strategies as st

from nai.catalogue import (
    AutoScalePolicy,
    Configuration,
    ConfigurationParameter,
    ScalingAction,
    ScalingActionType,
    ScalingAlarm,
    ScalingMode,
    ScalingType,
    VirtualDeploymentUnit,
    VirtualNetworkFunctionDescriptor,
    VNFComponent,
    VNFDConnectionPoint,
)

TEXT = st.none() | st.text(max_size=8)
NUMBER = st.floats(allow_nan=False, allow_infinity=False, width=32)

ALARMS = st.builds(ScalingAlarm, metric=TEXT, comparison_operator=TEXT, threshold=NUMBER, weight=NUMBER)
ACTIONS = st.builds(ScalingAction, type=st.sampled_from(ScalingActionType), value=TEXT)
POLICIES = st.builds(
    AutoScalePolicy,
    name=TEXT,
    period=st.integers(0, 900),
    mode=st.none() | st.sampled_from(ScalingMode),
    type=st.none() | st.sampled_from(ScalingType),
    alarms=st.lists(ALARMS, max_size=2),
    actions=st.lists(ACTIONS, max_size=2),
)
COMPONENTS = st.builds(
    VNFComponent,
    connection_point=st.lists(
        st.builds(VNFDConnectionPoint, floating_ip=TEXT, virtual_link_reference=TEXT), max_size=2
    ),
)
UNITS = st.builds(
    VirtualDeploymentUnit,
    name=TEXT,
    scale_in_out=st.integers(0, 9),
    vnfc=st.lists(COMPONENTS, max_size=2),
    vim_instance_name=st.text(max_size=5) | st.lists(st.text(max_size=5), max_size=2),
)
CONFIGURATIONS = st.builds(
    Configuration,
    name=TEXT,
    configuration_parameters=st.lists(st.builds(ConfigurationParameter, conf_key=TEXT, value=TEXT), max_size=2),
)
DESCRIPTORS = st.builds(
    VirtualNetworkFunctionDescriptor,
    name=TEXT,
    endpoint=TEXT,
    configurations=st.none() | CONFIGURATIONS,
    vdu=st.lists(UNITS, max_size=2),
    auto_scale_policy=st.lists(POLICIES, max_size=2),
    provides=st.lists(st.text(max_size=5), max_size=2),
)


@settings(max_examples=40, deadline=None)
@given(DESCRIPTORS)
def test_a_descriptor_survives_the_wire(descriptor: VirtualNetworkFunctionDescriptor) -> None:
    written = descriptor.to_wire()
    assert None not in written.values()
    assert VirtualNetworkFunctionDescriptor.from_wire(written).to_wire() == written


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(st.text(min_size=1, max_size=8).map("x-".__add__), st.integers() | st.text(max_size=5), max_size=4)
)
def test_unknown_fields_survive_the_wire(unknown: dict[str, int | str]) -> None:
    assert VirtualDeploymentUnit.from_wire(unknown).to_wire() == unknown
