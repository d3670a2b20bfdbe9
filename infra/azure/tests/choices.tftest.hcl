# Each choice changes what it says.
mock_provider "azurerm" {
  source = "./tests/mocks"
}

variables {
  project_name = "shop"
  environment  = "production"
}

run "full" {
  variables {
    location = "Germany West Central"
    tags     = { CostCenter = "1234", Stack = "mine" }
    github = {
      repository         = "octo-org/shop"
      owner_id           = 123456
      repository_id      = 456789
      build_refs         = ["refs/heads/main", "refs/heads/release/1.x"]
      build_environments = ["release"]
    }
    registry        = { name = "octoshop", sku = "Premium", untagged_days = 30, quarantine = true, zone_redundant = true }
    vault           = { name = "octo-shop", officers = ["0b1f6471-1bf0-4dda-aec3-111122223333"], purge_protection = true, soft_delete_days = 7 }
    container_group = { name = "shop", container = "web", port = 80, health_path = "/", cpu = 1, memory = 2, dns_label = "octo-shop", dns_scope = "Unsecure", start_image = "mcr.microsoft.com/azuredocs/aci-helloworld:latest" }
    logs            = { create = true, days = 90, daily_gb = -1, containers = true }
    alerts          = { emails = ["ops@example.com", "lead@example.com"], cpu_percent = 50, memory_percent = 80, ask = true, ask_from = ["us-va-ash-azr", "emea-nl-ams-azr"] }
    budget          = { amount = 50, emails = ["ops@example.com"] }
  }

  assert {
    condition     = azurerm_container_group.this[0].location == "germanywestcentral" && azurerm_container_group.this[0].tags == tomap({ Stack = "mine", Environment = "production", ManagedBy = "terraform", CostCenter = "1234" })
    error_message = "not the chosen region and tags"
  }
  assert {
    condition     = toset([for one in azurerm_federated_identity_credential.deploy : one.subject]) == toset(["repo:octo-org/shop:environment:production", "repo:octo-org@123456/shop@456789:environment:production"])
    error_message = "a token with the numbers of the repository, or one without, may not deploy"
  }
  assert {
    condition = toset([for one in azurerm_federated_identity_credential.build : one.subject]) == toset(flatten([
      for subject in ["repo:octo-org/shop", "repo:octo-org@123456/shop@456789"] :
      [for end in ["ref:refs/heads/main", "ref:refs/heads/release/1.x", "environment:release"] : "${subject}:${end}"]
    ]))
    error_message = "main, the release branch and the release environment may not build, or others may"
  }
  assert {
    condition     = azurerm_container_registry.this[0].name == "octoshop" && azurerm_container_registry.this[0].sku == "Premium" && azurerm_container_registry.this[0].retention_policy_in_days == 30 && azurerm_container_registry.this[0].quarantine_policy_enabled && azurerm_container_registry.this[0].zone_redundancy_enabled
    error_message = "the registry is not the chosen one"
  }
  assert {
    condition     = azurerm_key_vault.this[0].name == "octo-shop" && azurerm_key_vault.this[0].purge_protection_enabled && azurerm_key_vault.this[0].soft_delete_retention_days == 7
    error_message = "the vault is not the chosen one"
  }
  assert {
    condition     = [for one in azurerm_role_assignment.officers : "${one.role_definition_name} ${one.principal_id}"] == ["Key Vault Secrets Officer 0b1f6471-1bf0-4dda-aec3-111122223333"]
    error_message = "not the chosen one writes secrets"
  }
  assert {
    condition     = azurerm_container_group.this[0].name == "shop" && azurerm_container_group.this[0].container[0].name == "web" && azurerm_container_group.this[0].container[0].cpu == 1 && azurerm_container_group.this[0].container[0].memory == 2
    error_message = "the group has another name or size"
  }
  assert {
    condition     = azurerm_container_group.this[0].dns_name_label == "octo-shop" && azurerm_container_group.this[0].dns_name_label_reuse_policy == "Unsecure"
    error_message = "the group has another label"
  }
  assert {
    condition     = azurerm_container_group.this[0].container[0].image == "mcr.microsoft.com/azuredocs/aci-helloworld:latest" && output.health-url == "http://shop-production.a1b2c3d4e5f6.eastus.azurecontainer.io/"
    error_message = "the first image is another one, or is asked elsewhere"
  }
  assert {
    condition     = azurerm_container_group.this[0].diagnostics[0].log_analytics[0].workspace_id == "0b1f6471-0000-4dda-aec3-000000000008" && output.log-workspace-id == "0b1f6471-0000-4dda-aec3-000000000008" && nonsensitive(output.log-workspace-key) == "made-up-key"
    error_message = "the group does not log, or a deployment is not told where to"
  }
  assert {
    condition     = azurerm_log_analytics_workspace.this[0].retention_in_days == 90 && azurerm_log_analytics_workspace.this[0].daily_quota_gb == -1
    error_message = "logs are not kept as chosen"
  }
  assert {
    condition     = toset([for log in azurerm_monitor_diagnostic_setting.registry[0].enabled_log : log.category]) == toset(["ContainerRegistryLoginEvents", "ContainerRegistryRepositoryEvents"]) && [for log in azurerm_monitor_diagnostic_setting.vault[0].enabled_log : log.category] == ["AuditEvent"]
    error_message = "nobody sees who pushed an image or read a secret"
  }
  assert {
    condition     = { for name, alert in azurerm_monitor_metric_alert.this : name => alert.criteria[0].threshold } == { cpu = 500, memory = 1600000000 }
    error_message = "alerts are not at 50 % of a CPU and 80 % of 2 GB"
  }
  assert {
    condition     = toset([for receiver in azurerm_monitor_action_group.this[0].email_receiver : receiver.email_address]) == toset(["ops@example.com", "lead@example.com"])
    error_message = "not both addresses hear of alerts"
  }
  assert {
    condition     = alltrue([for alert in concat(values(azurerm_monitor_metric_alert.this), azurerm_monitor_metric_alert.unanswered) : [for action in alert.action : action.action_group_id] == [azurerm_monitor_action_group.this[0].id]])
    error_message = "an alert tells nobody"
  }
  assert {
    condition     = azurerm_application_insights_standard_web_test.this[0].request[0].url == output.health-url && azurerm_application_insights_standard_web_test.this[0].geo_locations == tolist(["us-va-ash-azr", "emea-nl-ams-azr"])
    error_message = "nobody asks whether the app answers"
  }
  assert {
    condition     = azurerm_consumption_budget_resource_group.this[0].amount == 50 && length(azurerm_consumption_budget_resource_group.this[0].notification) == 2 && can(regex("^20[0-9]{2}-[0-9]{2}-01T00:00:00Z$", azurerm_consumption_budget_resource_group.this[0].time_period[0].start_date))
    error_message = "nobody hears that 50 are spent"
  }
}

run "identities_alone" {
  variables {
    github          = { repository = "octo-org/shop", owner_id = 123456, repository_id = 456789, trust_names = false, issuer = "https://ghes.example.com/_services/token", build_refs = [] }
    cloud           = "government"
    resource_group  = { create = false, name = "there-already" }
    registry        = { create = false, name = "thereAlready", resource_group = "shared" }
    vault           = { create = false }
    container_group = { create = false }
  }

  assert {
    condition     = length(azurerm_container_group.this) + length(azurerm_resource_group.this) + length(azurerm_container_registry.this) + length(azurerm_key_vault.this) + length(azurerm_monitor_metric_alert.this) == 0
    error_message = "something is made that is there already, or that deployments make"
  }
  assert {
    condition     = [for one in azurerm_federated_identity_credential.deploy : "${one.issuer} ${one.subject} ${join(",", one.audience)}"] == ["https://ghes.example.com/_services/token repo:octo-org@123456/shop@456789:environment:production api://AzureADTokenExchangeUSGov"]
    error_message = "a token without the numbers is trusted, or one of another issuer or audience"
  }
  assert {
    condition     = length(azurerm_federated_identity_credential.build) == 0
    error_message = "somebody may build, and nobody chose it"
  }
  assert {
    condition     = azurerm_role_assignment.deploy["resource-group"].scope == "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003/resourceGroups/there-already" && azurerm_role_assignment.pull.scope == "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003/resourceGroups/shared/providers/Microsoft.ContainerRegistry/registries/thereAlready" && azurerm_role_definition.deploy["registry"].scope == "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003/resourceGroups/shared"
    error_message = "roles are not given on what is there already"
  }
  assert {
    condition     = output.ip == null && output.fqdn == null && output.vault-uri == null && output.image == "therealready.azurecr.io/shop"
    error_message = "an address or a vault is told that is not there"
  }
  assert {
    condition     = output.health-url == null && yamldecode(output.settings).azure-environment == "government" && yamldecode(output.spec).properties.ipAddress.dnsNameLabel == "shop-production"
    error_message = "the settings file does not say how deployments make the group"
  }
}

run "private" {
  variables {
    github          = { repository = "octo-org/shop" }
    container_group = { subnet_id = "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/net/subnets/aci" }
    logs            = { workspace_id = "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/there-already" }
  }

  assert {
    condition     = azurerm_container_group.this[0].ip_address_type == "Private" && azurerm_container_group.this[0].dns_name_label == null && one(azurerm_container_group.this[0].subnet_ids) == var.container_group.subnet_id
    error_message = "the group is not in the subnet alone"
  }
  assert {
    condition     = toset(flatten([for role in azurerm_role_definition.deploy : role.permissions[0].actions])) == toset(keys(local.deploy_permissions))
    error_message = "the deploy role may do more or less than deploy-permissions.tf says"
  }
  assert {
    condition     = azurerm_role_definition.deploy["subnet"].permissions[0].actions == tolist(["Microsoft.Network/virtualNetworks/subnets/join/action"]) && azurerm_role_assignment.deploy["subnet"].scope == var.container_group.subnet_id && azurerm_role_definition.deploy["subnet"].scope == "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003/resourceGroups/net"
    error_message = "the deploy role may not use the subnet, or more than that"
  }
  assert {
    condition     = output.fqdn == null && output.ip == "203.0.113.7" && output.health-url == "http://203.0.113.7:3000/health" && yamldecode(output.spec).properties.subnetIds == [{ id = var.container_group.subnet_id }] && keys(yamldecode(output.spec).properties.ipAddress) == ["ports", "type"]
    error_message = "the group is not asked by its private address"
  }
  assert {
    condition     = length(azurerm_log_analytics_workspace.this) == 0 && length(azurerm_container_group.this[0].diagnostics) == 0 && output.log-workspace-id == "0b1f6471-0000-4dda-aec3-00000000000a" && data.azurerm_log_analytics_workspace.this[0].name == "there-already" && data.azurerm_log_analytics_workspace.this[0].resource_group_name == "logs"
    error_message = "the workspace that is there already is not used"
  }
}

run "long_names" {
  command = plan
  variables {
    project_name = "a-checkout-api-of-octo"
    environment  = "production-eu-central"
    github       = { repository = "octo-org/shop" }
  }

  assert {
    condition     = can(regex("^a-checkout-api-of-[0-9a-f]{6}$", azurerm_key_vault.this[0].name)) && length(azurerm_key_vault.this[0].name) <= 24 && can(regex("^acheckoutapiofocto[0-9a-f]{6}$", azurerm_container_registry.this[0].name))
    error_message = "Azure does not take the name of the vault"
  }
}
