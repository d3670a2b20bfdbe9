resource "aws_budgets_budget" "this" {
  count        = var.budget == null ? 0 : 1
  name         = local.name
  budget_type  = "COST"
  limit_amount = tostring(var.budget.usd)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  dynamic "cost_filter" {
    for_each = var.budget.tag == null ? [] : [var.budget.tag]
    content {
      name   = "TagKeyValue"
      values = [format("user:%s$%s", split("=", cost_filter.value)...)]
    }
  }

  # Before the money is spent, and when most of it is.
  dynamic "notification" {
    for_each = { FORECASTED = 100, ACTUAL = 80 }
    content {
      notification_type          = notification.key
      comparison_operator        = "GREATER_THAN"
      threshold                  = notification.value
      threshold_type             = "PERCENTAGE"
      subscriber_email_addresses = var.budget.emails
    }
  }
}
