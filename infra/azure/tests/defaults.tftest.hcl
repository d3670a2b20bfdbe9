# What somebody gets who chose nothing.
mock_provider "azurerm" {
  source = "./tests/mocks"
}

variables {
  project_name = "shop"
  environment  = "production"
  github       = { repository = "octo-org/shop" }
}

# Identities that can be told apart.
override_resource {
  target = azurerm_user_assigned_identity.deploy
  values = {
    id           = "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003/resourceGroups/shop-production/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shop-production-deploy"
    client_id    = "0b1f6471-0000-4dda-aec3-0000000000d1"
    principal_id = "0b1f6471-0000-4dda-aec3-0000000000d2"
  }
}
override_resource {
  target = azurerm_user_assigned_identity.build
  values = {
    id           = "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003/resourceGroups/shop-production/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shop-production-build"
    client_id    = "0b1f6471-0000-4dda-aec3-0000000000b1"
    principal_id = "0b1f6471-0000-4dda-aec3-0000000000b2"
  }
}
override_resource {
  target = azurerm_user_assigned_identity.app
  values = {
    id           = "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003/resourceGroups/shop-production/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shop-production-app"
    client_id    = "0b1f6471-0000-4dda-aec3-0000000000a1"
    principal_id = "0b1f6471-0000-4dda-aec3-0000000000a2"
  }
}

run "defaults" {
  # Where it is.
  assert {
    condition     = azurerm_resource_group.this[0].name == "shop-production" && azurerm_resource_group.this[0].location == "eastus"
    error_message = "it is not in a resource group of its own in East US"
  }
  assert {
    condition     = azurerm_container_group.this[0].tags == tomap({ Stack = "shop-production", Environment = "production", ManagedBy = "terraform" })
    error_message = "resources do not carry the tags that tell their costs apart"
  }

  # The registry.
  assert {
    condition     = can(regex("^shop[0-9a-f]{6}$", azurerm_container_registry.this[0].name)) && azurerm_container_registry.this[0].sku == "Basic"
    error_message = "the registry is not a Basic one with a name of our own"
  }
  assert {
    condition     = !azurerm_container_registry.this[0].admin_enabled && azurerm_container_registry.this[0].retention_policy_in_days == null && !azurerm_container_registry.this[0].zone_redundancy_enabled
    error_message = "the registry has a password for everybody, or a choice that Basic does not have"
  }

  # Trust: this environment deploys, this branch builds, nobody else.
  assert {
    condition     = [for one in azurerm_federated_identity_credential.deploy : "${one.issuer} ${one.subject} ${join(",", one.audience)} ${one.user_assigned_identity_id}"] == ["https://token.actions.githubusercontent.com repo:octo-org/shop:environment:production api://AzureADTokenExchange ${azurerm_user_assigned_identity.deploy.id}"]
    error_message = "somebody else than environment production of octo-org/shop may deploy, or it may not"
  }
  assert {
    condition     = [for one in azurerm_federated_identity_credential.build : "${one.subject} ${one.user_assigned_identity_id}"] == ["repo:octo-org/shop:ref:refs/heads/main ${azurerm_user_assigned_identity.build.id}"]
    error_message = "something else than main of octo-org/shop may build, or it may not"
  }
  assert {
    condition     = alltrue([for name in concat(keys(azurerm_federated_identity_credential.deploy), keys(azurerm_federated_identity_credential.build)) : can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{2,119}$", name))])
    error_message = "Azure does not take the name of a credential"
  }

  # Rights: what is in the list, and only where it is needed.
  assert {
    condition     = toset(flatten([for role in azurerm_role_definition.deploy : role.permissions[0].actions])) == setsubtract(keys(local.deploy_permissions), ["Microsoft.Network/virtualNetworks/subnets/join/action"])
    error_message = "the deploy role may do more or less than deploy-aci calls for a group with a public address"
  }
  assert {
    condition     = alltrue([for role in azurerm_role_definition.deploy : try(length(role.permissions) == 1 && length(coalesce(role.permissions[0].data_actions, [])) == 0, false)]) && !strcontains(join("", flatten([for role in azurerm_role_definition.deploy : role.permissions[0].actions])), "*")
    error_message = "the deploy role has a pattern, or reads data"
  }
  assert {
    condition = { for kind, one in azurerm_role_assignment.deploy : kind => one.scope } == {
      "resource-group" = azurerm_resource_group.this[0].id
      "subscription"   = "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003"
      "identity"       = azurerm_user_assigned_identity.app.id
      "registry"       = azurerm_container_registry.this[0].id
    }
    error_message = "the deploy role is given elsewhere than on the resource group, the app's identity and the registry, and for quotas on the subscription"
  }
  assert {
    condition     = alltrue([for action in azurerm_role_definition.deploy["subscription"].permissions[0].actions : can(regex("^Microsoft\\.ContainerInstance/locations/[A-Za-z]+/read$", action))])
    error_message = "the deploy role may do more in the whole subscription than read quotas and operations"
  }
  assert {
    condition     = azurerm_role_definition.deploy["identity"].permissions[0].actions == tolist(["Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"])
    error_message = "the deploy role may do more with the app's identity than give it to a group"
  }
  assert {
    condition     = azurerm_role_definition.deploy["identity"].scope == "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003/resourceGroups/shop-production" && azurerm_role_definition.deploy["subscription"].scope == "/subscriptions/0b1f6471-0000-4dda-aec3-000000000003"
    error_message = "a role is kept where Azure keeps none"
  }
  assert {
    condition     = alltrue([for one in azurerm_role_assignment.deploy : one.principal_id == "0b1f6471-0000-4dda-aec3-0000000000d2"])
    error_message = "the deploy role is given to somebody else than the deploy identity"
  }
  assert {
    condition     = "${azurerm_role_assignment.build.role_definition_name} ${azurerm_role_assignment.build.scope} ${azurerm_role_assignment.build.principal_id}" == "AcrPush ${azurerm_container_registry.this[0].id} 0b1f6471-0000-4dda-aec3-0000000000b2"
    error_message = "the build identity may not push to the registry, or to more"
  }
  assert {
    condition     = toset([for one in concat([azurerm_role_assignment.pull], azurerm_role_assignment.secrets) : "${one.role_definition_name} ${one.scope} ${one.principal_id}"]) == toset(["AcrPull ${azurerm_container_registry.this[0].id} 0b1f6471-0000-4dda-aec3-0000000000a2", "Key Vault Secrets User ${azurerm_key_vault.this[0].id} 0b1f6471-0000-4dda-aec3-0000000000a2"])
    error_message = "the app may do something else than pull images and read secrets"
  }

  # The vault.
  assert {
    condition     = azurerm_key_vault.this[0].rbac_authorization_enabled && can(regex("^shop-production-[0-9a-f]{6}$", azurerm_key_vault.this[0].name)) && azurerm_key_vault.this[0].tenant_id == "0b1f6471-0000-4dda-aec3-000000000002"
    error_message = "the vault is not one with roles"
  }
  assert {
    condition     = azurerm_key_vault.this[0].soft_delete_retention_days == 90 && !azurerm_key_vault.this[0].purge_protection_enabled && length(azurerm_role_assignment.officers) == 0
    error_message = "somebody writes secrets, or they cannot be deleted, and nobody chose it"
  }

  # The container group.
  assert {
    condition     = azurerm_container_group.this[0].container[0].cpu == 0.5 && azurerm_container_group.this[0].container[0].memory == 1.5 && azurerm_container_group.this[0].restart_policy == "Always" && azurerm_container_group.this[0].os_type == "Linux"
    error_message = "the group is not half a CPU and 1.5 GB that are always started again"
  }
  assert {
    condition     = azurerm_container_group.this[0].ip_address_type == "Public" && azurerm_container_group.this[0].dns_name_label == "shop-production" && azurerm_container_group.this[0].dns_name_label_reuse_policy == "TenantReuse"
    error_message = "the group has no public name, or one that others could take"
  }
  assert {
    condition     = [for port in azurerm_container_group.this[0].container[0].ports : port.port] == [3000] && azurerm_container_group.this[0].container[0].environment_variables == tomap({ PORT = "3000" })
    error_message = "the container is not reached on port 3000, or not told so"
  }
  assert {
    condition     = toset(azurerm_container_group.this[0].identity[0].identity_ids) == toset([azurerm_user_assigned_identity.app.id]) && azurerm_container_group.this[0].image_registry_credential[0].user_assigned_identity_id == azurerm_user_assigned_identity.app.id && azurerm_container_group.this[0].image_registry_credential[0].server == "mocked.azurecr.io"
    error_message = "the group does not pull its image with the app's identity"
  }
  assert {
    condition     = azurerm_container_group.this[0].container[0].image == "public.ecr.aws/docker/library/busybox:1.37" && azurerm_container_group.this[0].container[0].commands == tolist(["busybox", "sh", "-c", "mkdir -p /www && echo 'Nothing was deployed yet.' > /www/health && exec busybox httpd -f -p 3000 -h /www"])
    error_message = "the first container does not answer /health on port 3000"
  }
  assert {
    condition     = length(azurerm_container_group.this[0].diagnostics) == 0 && length(azurerm_log_analytics_workspace.this) == 0
    error_message = "logs are kept, and nobody chose it"
  }

  # Alerts, costs.
  assert {
    condition     = { for name, alert in azurerm_monitor_metric_alert.this : name => "${alert.criteria[0].metric_name} ${alert.criteria[0].threshold}" } == { cpu = "CpuUsage 450", memory = "MemoryUsage 1350000000" }
    error_message = "alerts are not at 90 % of half a CPU and of 1.5 GB"
  }
  assert {
    condition     = length(azurerm_monitor_action_group.this) == 0 && length(azurerm_application_insights.this) == 0 && length(azurerm_monitor_metric_alert.unanswered) == 0 && length(azurerm_consumption_budget_resource_group.this) == 0
    error_message = "something that costs money or needs an address is there, and nobody chose it"
  }

  # What a workflow is told.
  assert {
    condition = yamldecode(output.settings) == {
      azure-client-id       = "0b1f6471-0000-4dda-aec3-0000000000d1"
      azure-environment     = "public"
      azure-subscription-id = "0b1f6471-0000-4dda-aec3-000000000003"
      azure-tenant-id       = "0b1f6471-0000-4dda-aec3-000000000002"
      container             = "app"
      health-path           = "/health"
      location              = "eastus"
      name                  = "shop-production"
      resource-group        = "shop-production"
      spec                  = "deploy/production.group.yml"
    }
    error_message = "the settings file is not what deploy-aci needs"
  }
  assert {
    condition = yamldecode(output.spec) == {
      identity = { type = "UserAssigned", userAssignedIdentities = { (azurerm_user_assigned_identity.app.id) = {} } }
      location = "eastus"
      name     = "shop-production"
      properties = {
        containers = [{
          name = "app"
          properties = {
            environmentVariables = [{ name = "PORT", value = "3000" }]
            image                = "mocked.azurecr.io/shop"
            ports                = [{ port = 3000, protocol = "TCP" }]
            resources            = { requests = { cpu = 0.5, memoryInGB = 1.5 } }
          }
        }]
        imageRegistryCredentials = [{ identity = azurerm_user_assigned_identity.app.id, server = "mocked.azurecr.io" }]
        ipAddress                = { autoGeneratedDomainNameLabelScope = "TenantReuse", dnsNameLabel = "shop-production", ports = [{ port = 3000, protocol = "TCP" }], type = "Public" }
        osType                   = "Linux"
        restartPolicy            = "Always"
      }
      tags = { Environment = "production", ManagedBy = "terraform", Stack = "shop-production" }
    }
    error_message = "the app would run the command of the first container, or something else than the group that is there"
  }
  assert {
    condition     = output.login-server == "mocked.azurecr.io" && output.image == "mocked.azurecr.io/shop" && output.build-azure-client-id == "0b1f6471-0000-4dda-aec3-0000000000b1"
    error_message = "images are pushed elsewhere, or as somebody else"
  }
  assert {
    condition     = output.health-url == "http://shop-production.a1b2c3d4e5f6.eastus.azurecontainer.io:3000/health" && output.ip == "203.0.113.7" && output.fqdn == "shop-production.a1b2c3d4e5f6.eastus.azurecontainer.io" && output.vault-uri == "https://mocked.vault.azure.net/"
    error_message = "address or vault are not told"
  }
}

run "applied_again" {
  variables {
    container_group = { cpu = 1, memory = 2, port = 8080, dns_label = "another", start_image = "mocked.azurecr.io/shop:first" }
  }

  assert {
    condition     = azurerm_container_group.this[0].container[0].image == "public.ecr.aws/docker/library/busybox:1.37" && azurerm_container_group.this[0].container[0].cpu == 0.5 && azurerm_container_group.this[0].dns_name_label == "shop-production"
    error_message = "an apply deletes what a deployment did"
  }
}
