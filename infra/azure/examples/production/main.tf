# One container group of one CPU whose logs outlive it, and that is asked from three places; a vault whose secrets
# nobody can delete for good. About 70 USD a month before traffic and logs.
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
  environment  = "production"
  location     = var.location
  github       = var.github

  container_group = { cpu = 1, memory = 1.5 }
  # The images that staging proved are promoted by their digest, within one registry.
  registry = var.alone_in_subscription ? { sku = "Standard" } : { create = false, resource_group = "${var.project_name}-staging" }
  vault    = { officers = var.officers, purge_protection = true }
  logs     = { create = true, days = 90 }
  alerts   = { emails = var.emails, memory_percent = 80, ask = true }
  budget   = { amount = 150, emails = var.emails }
}
