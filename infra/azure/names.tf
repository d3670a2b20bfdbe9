data "azurerm_client_config" "this" {}

locals {
  name         = "${var.project_name}-${var.environment}"
  location     = lower(replace(var.location, " ", "")) # "East US" is eastus
  subscription = "/subscriptions/${data.azurerm_client_config.this.subscription_id}"
  tags         = merge({ Stack = local.name, Environment = var.environment, ManagedBy = "terraform" }, var.tags)

  # Names of registries and vaults are taken by all customers of Azure together: six characters of the
  # subscription and of what shares the resource make them ours, the same with every apply.
  suffix = {
    for what in [var.project_name, local.name] : what => substr(sha256("${local.subscription}/${what}"), 0, 6)
  }

  # https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity
  audience = {
    public     = "api://AzureADTokenExchange"
    china      = "api://AzureADTokenExchangeChina"
    government = "api://AzureADTokenExchangeUSGov"
  }[var.cloud]
}
