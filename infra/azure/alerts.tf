# They look at the group that Terraform makes; one that a deployment creates is not there yet.
locals {
  told = azurerm_monitor_action_group.this[*].id
  # Metrics of a group are in thousandths of a CPU, and in bytes.
  alerts = var.container_group.create ? {
    cpu = {
      metric    = "CpuUsage"
      threshold = var.container_group.cpu * 10 * var.alerts.cpu_percent
      says      = "The containers use more than ${var.alerts.cpu_percent} % of their CPU for 15 minutes."
    }
    memory = {
      metric    = "MemoryUsage"
      threshold = var.container_group.memory * 10000000 * var.alerts.memory_percent
      says      = "The containers use more than ${var.alerts.memory_percent} % of their memory for 15 minutes; Azure kills them at 100."
    }
  } : {}
}

resource "azurerm_monitor_action_group" "this" {
  count               = length(var.alerts.emails) > 0 ? 1 : 0
  name                = "${local.name}-alerts"
  resource_group_name = local.resource_group.name
  short_name          = substr(replace(var.project_name, "-", ""), 0, 12)
  tags                = local.tags

  dynamic "email_receiver" {
    for_each = toset(var.alerts.emails)
    content {
      name                    = email_receiver.value
      email_address           = email_receiver.value
      use_common_alert_schema = true
    }
  }
}

resource "azurerm_monitor_metric_alert" "this" {
  for_each            = local.alerts
  name                = "${local.name}-${each.key}"
  resource_group_name = local.resource_group.name
  scopes              = [azurerm_container_group.this[0].id]
  description         = each.value.says
  severity            = 2
  frequency           = "PT5M"
  window_size         = "PT15M"
  tags                = local.tags

  criteria {
    metric_namespace = "Microsoft.ContainerInstance/containerGroups"
    metric_name      = each.value.metric
    aggregation      = "Average"
    operator         = "GreaterThan"
    threshold        = each.value.threshold
  }

  dynamic "action" {
    for_each = local.told
    content {
      action_group_id = action.value
    }
  }
}

# Whether the app answers, asked from three places: no metric of a container group knows it.
resource "azurerm_application_insights" "this" {
  count               = var.alerts.ask ? 1 : 0
  name                = "${local.name}-ask"
  resource_group_name = local.resource_group.name
  location            = local.location
  application_type    = "web"
  workspace_id        = local.workspace.id
  tags                = local.tags
}

resource "azurerm_application_insights_standard_web_test" "this" {
  count                   = length(azurerm_application_insights.this)
  name                    = "${local.name}-ask"
  resource_group_name     = local.resource_group.name
  location                = local.location
  application_insights_id = azurerm_application_insights.this[0].id
  geo_locations           = var.alerts.ask_from
  frequency               = 300
  timeout                 = 30
  retry_enabled           = true
  enabled                 = true
  tags                    = local.tags

  request {
    url = local.health_url
  }

  validation_rules {
    expected_status_code = 200
  }
}

resource "azurerm_monitor_metric_alert" "unanswered" {
  count               = length(azurerm_application_insights.this)
  name                = "${local.name}-unanswered"
  resource_group_name = local.resource_group.name
  scopes              = [azurerm_application_insights_standard_web_test.this[0].id, azurerm_application_insights.this[0].id]
  description         = "The app does not answer ${var.container_group.health_path} with 200, asked from two places or more."
  severity            = 1
  frequency           = "PT1M"
  window_size         = "PT5M"
  tags                = local.tags

  application_insights_web_test_location_availability_criteria {
    web_test_id           = azurerm_application_insights_standard_web_test.this[0].id
    component_id          = azurerm_application_insights.this[0].id
    failed_location_count = 2
  }

  dynamic "action" {
    for_each = local.told
    content {
      action_group_id = action.value
    }
  }
}
