# A cheap environment: one small container group, a Basic registry. About 25 USD a month, most of it the group.
terraform {
  required_version = ">= 1.9"
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.65"
    }
  }
}

provider "azurerm" {
  subscription_id                 = var.subscription
  resource_provider_registrations = "none"
  resource_providers_to_register = [
    "Microsoft.ContainerInstance", "Microsoft.ContainerRegistry", "Microsoft.Insights", "Microsoft.KeyVault",
    "Microsoft.ManagedIdentity", "Microsoft.OperationalInsights",
  ]
  features {}
}

module "slipway" {
  source       = "../.."
  project_name = var.project_name
  environment  = "staging"
  location     = var.location
  github       = var.github

  vault  = { officers = var.officers, soft_delete_days = 7 }
  alerts = { emails = var.emails }
  budget = length(var.emails) == 0 ? null : { amount = 50, emails = var.emails }
}
