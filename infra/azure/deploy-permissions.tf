# Generated from actions/deploy-aci/src/api/permissions.json by `make generate`.

# What deploy-aci calls, and the kinds of resources that Azure checks it against (deploy-role.tf).
locals {
  deploy_permissions = {
    "Microsoft.ContainerInstance/containerGroups/read"                 = ["resource-group"] # to see what serves and how the deployment is getting on (always needed)
    "Microsoft.ContainerInstance/containerGroups/write"                = ["resource-group"] # to deploy, and to go back (always needed)
    "Microsoft.ContainerInstance/containerGroups/delete"               = ["resource-group"] # to remove a candidate, and to recreate a group where that is allowed
    "Microsoft.ContainerInstance/containerGroups/containers/logs/read" = ["resource-group"] # to show the last log lines of a container that failed
    "Microsoft.ContainerInstance/locations/operations/read"            = ["subscription"]   # to follow the operation of a deployment
    "Microsoft.ContainerInstance/locations/usages/read"                = ["subscription"]   # to check the quota before the first write
    "Microsoft.Resources/subscriptions/resourceGroups/read"            = ["resource-group"] # to take the location of the resource group
    "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"   = ["identity"]       # to give the container group its identity
    "Microsoft.Network/virtualNetworks/subnets/join/action"            = ["subnet"]         # to keep the group in its subnet
    "Microsoft.ContainerRegistry/registries/pull/read"                 = ["registry"]       # to resolve a tag of an image to its digest, and to read its platform
  }
}
