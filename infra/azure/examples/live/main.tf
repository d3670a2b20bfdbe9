# For the workflow live.yml alone: the smallest container group, which is gone when the run ends.
terraform {
  required_version = ">= 1.9"
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.65"
    }
  }
  # Not an artifact: everybody may read those of a public repository, and a runner that dies leaves none, but
  # a container group that goes on costing money. A blob is locked while somebody writes it.
  backend "azurerm" {
    key              = "slipway-live.tfstate"
    use_azuread_auth = true
    use_oidc         = true
  }
}

variable "location" {
  type    = string
  default = "East US"
}

variable "repository" {
  description = "owner/name."
  type        = string
}

variable "owner_id" {
  type = number
}

variable "repository_id" {
  type = number
}

variable "ref" {
  description = "Ref of the run, which builds the image."
  type        = string
}

# Client, tenant and subscription come from the variables ARM_… of the job.
provider "azurerm" {
  use_oidc                        = true
  resource_provider_registrations = "none"
  resource_providers_to_register = [
    "Microsoft.ContainerInstance", "Microsoft.ContainerRegistry", "Microsoft.Insights", "Microsoft.ManagedIdentity",
  ]
  features {}
}

module "slipway" {
  source       = "../.."
  project_name = "slipway"
  environment  = "live"
  location     = var.location
  github = {
    repository    = var.repository
    owner_id      = var.owner_id
    repository_id = var.repository_id
    build_refs    = [var.ref]
  }

  # A vault that was deleted keeps its name for days.
  vault = { create = false }
  tags  = { Stack = "slipway-live" }
}

# One line each, for the outputs of a job.
output "slipway" {
  value = {
    for name in [
      "azure-client-id", "azure-tenant-id", "azure-subscription-id", "resource-group", "name", "location",
      "container", "health-url", "image", "build-azure-client-id", "build-azure-tenant-id",
    ] : name => module.slipway[name]
  }
}

output "spec" {
  value = module.slipway.spec
}
