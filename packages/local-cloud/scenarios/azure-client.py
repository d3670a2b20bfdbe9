# Microsoft's Python client as it is, against what AZURE_RESOURCE_MANAGER_ENDPOINT names; says what it saw.
import json
import os
import time

from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError
from azure.mgmt.containerinstance import ContainerInstanceManagementClient, models


class Credential:
    def get_token(self, *scopes, **options):
        return AccessToken(os.environ["ARM_TOKEN"], int(time.time()) + 3600)


client = ContainerInstanceManagementClient(
    Credential(),
    os.environ["SUBSCRIPTION"],
    base_url=os.environ["AZURE_RESOURCE_MANAGER_ENDPOINT"],
    polling_interval=0,
)
groups = client.container_groups


def group(image):
    requests = models.ResourceRequests(cpu=1, memory_in_gb=1.5)
    web = models.Container(
        name="web",
        image=image,
        ports=[models.ContainerPort(port=8080)],
        resources=models.ResourceRequirements(requests=requests),
        environment_variables=[models.EnvironmentVariable(name="TOKEN", secure_value="s3cret")],
    )
    address = models.IpAddress(
        type="Public", ports=[models.Port(port=8080)], dns_name_label="slipway"
    )
    return models.ContainerGroup(
        location="eastus", os_type="Linux", containers=[web], ip_address=address
    )


created = groups.begin_create_or_update("shop", "shop", group("shop:1")).result()
listed = [one.name for one in groups.list_by_resource_group("shop")]
updated = groups.begin_create_or_update("shop", "shop", group("shop:2")).result()
tagged = groups.update("shop", "shop", models.Resource(tags={"release": "2"}))
log = client.containers.list_logs("shop", "shop", "web", tail=1).content
groups.begin_restart("shop", "shop").result()
again = groups.get("shop", "shop")
used = {one.name.value: one.current_value for one in client.location.list_usage("eastus")}
groups.begin_delete("shop", "shop").result()
try:
    gone = groups.get("shop", "shop").name
except HttpResponseError as error:
    gone = error.error.code
print(
    json.dumps(
        {
            "created": [created.provisioning_state, created.ip_address.fqdn],
            "secret": created.containers[0].environment_variables[0].secure_value,
            "listed": listed,
            "updated": updated.containers[0].image,
            "tagged": tagged.tags["release"],
            "log": log,
            "again": again.containers[0].image,
            "used": used,
            "gone": gone,
        }
    )
)
