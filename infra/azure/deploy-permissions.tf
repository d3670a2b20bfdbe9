# Generated from actions/deploy-aci/src/api/permissions.json by `make generate`.

# What deploy-aci calls, and the kinds of resources that Azure checks it against (deploy-role.tf).
locals {
  deploy_permissions = {
    "Microsoft.Resources/subscriptions/resourceGroups/read"            = ["resource-group"] # to find the region of the resource group
    "Microsoft.ContainerInstance/containerGroups/read"                 = ["resource-group"] # to see what serves, and how the change is getting on (always needed)
    "Microsoft.ContainerInstance/containerGroups/write"                = ["resource-group"] # to create and to change the container group, and to go back (always needed)
    "Microsoft.ContainerInstance/containerGroups/delete"               = ["resource-group"] # to remove the candidate, the group of `run-before`, and a group that is recreated or was new when it failed
    "Microsoft.ContainerInstance/containerGroups/containers/logs/read" = ["resource-group"] # to show the last lines of a container that failed
    "Microsoft.ContainerInstance/locations/operations/read"            = ["subscription"]   # to read the error that an operation ended with
    "Microsoft.ContainerInstance/locations/operationResults/read"      = ["subscription"]   # to read the same where Azure names no other address
    "Microsoft.ContainerInstance/locations/usages/read"                = ["subscription"]   # to find out before the first change whether the quotas of the region suffice
    "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"   = ["identity"]       # to give the container group its user-assigned identities
    "Microsoft.Network/virtualNetworks/subnets/join/action"            = ["subnet"]         # to put the container group into its subnet
    "Microsoft.ContainerRegistry/registries/pull/read"                 = ["registry"]       # to resolve the tag of an image to its digest, and to read its platforms
  }
}
