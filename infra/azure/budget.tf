resource "azurerm_consumption_budget_resource_group" "this" {
  count             = var.budget == null ? 0 : 1
  name              = local.name
  resource_group_id = local.resource_group.id
  amount            = var.budget.amount
  time_grain        = "Monthly"

  time_period {
    start_date = formatdate("YYYY-MM-01'T'00:00:00'Z'", plantimestamp())
  }

  # Before the money is spent, and when most of it is.
  dynamic "notification" {
    for_each = { Forecasted = 100, Actual = 80 }
    content {
      threshold_type = notification.key
      threshold      = notification.value
      operator       = "GreaterThan"
      contact_emails = var.budget.emails
    }
  }

  lifecycle {
    ignore_changes = [time_period] # of the first apply
  }
}
