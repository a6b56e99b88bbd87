"""The Docker driver under the name that `compute_driver = nai_docker.DockerDriver` means."""

from nai.hypervisor.driver import DockerDriver

__all__ = ["DockerDriver"]
