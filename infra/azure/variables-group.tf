variable "container_group" {
  description = <<-TEXT
    create: false where deployments create the group, and Terraform makes only what they need for it.
    name: default is PROJECT-ENVIRONMENT.
    container, port, health_path: the app's container, where it listens, and what it answers with 200.
    cpu, memory: size of the container, in CPUs and in GB.
    dns_label: first part of the address; default is PROJECT-ENVIRONMENT.
    dns_scope: for whom Azure keeps the label when the group is deleted: TenantReuse, SubscriptionReuse,
      ResourceGroupReuse, Noreuse; then the address has some more characters. Unsecure: for nobody, the address is
      LABEL.REGION.azurecontainer.io, and whoever takes the label next gets what is meant for you.
    subnet_id: subnet that is delegated to Microsoft.ContainerInstance/containerGroups; the group has a private
      address then and no DNS label, and needs a NAT gateway to reach its image.
    start_image: what runs until the first deployment; default is busybox from public.ecr.aws.
    start_command: command of that image; it has to listen on port and answer health_path.
  TEXT
  type = object({
    create        = optional(bool, true)
    name          = optional(string)
    container     = optional(string, "app")
    port          = optional(number, 3000)
    health_path   = optional(string, "/health")
    cpu           = optional(number, 0.5)
    memory        = optional(number, 1.5)
    dns_label     = optional(string)
    dns_scope     = optional(string, "TenantReuse")
    subnet_id     = optional(string)
    start_image   = optional(string)
    start_command = optional(list(string))
  })
  default = {}

  validation {
    condition     = can(regex("^[a-z0-9](?:-?[a-z0-9]){0,62}$", coalesce(var.container_group.name, "shop")))
    error_message = "container_group.name: 1 to 63 small letters, digits and single dashes, from a letter or digit to one. Example: name = \"shop-production\""
  }
  validation {
    condition     = can(regex("^[a-z0-9](?:-?[a-z0-9]){0,62}$", var.container_group.container)) && length(var.container_group.container) <= 63
    error_message = "container_group.container: 1 to 63 small letters, digits and single dashes, from a letter or digit to one. Example: container = \"app\""
  }
  validation {
    condition     = var.container_group.port >= 1 && var.container_group.port <= 65535 && floor(var.container_group.port) == var.container_group.port
    error_message = "container_group.port: not a port. Example: port = 3000"
  }
  validation {
    # https://learn.microsoft.com/azure/container-instances/container-instances-faq
    condition = (
      !contains([22, 1025, 1026, 1027, 9999, 19000, 19080, 19100, 19390], var.container_group.port) &&
      alltrue([for range in [[3389, 3399], [20000, 30000], [49152, 65534]] : var.container_group.port < range[0] || var.container_group.port > range[1]])
    )
    error_message = "container_group.port: Azure keeps 22, 1025 to 1027, 3389 to 3399, 9999, 19000, 19080, 19100, 19390, 20000 to 30000 and 49152 to 65534 for itself. Example: port = 3000"
  }
  validation {
    # No quotes, spaces or dollars: the path goes into the command of the first container.
    condition     = can(regex("^/[A-Za-z0-9._~/-]*$", var.container_group.health_path))
    error_message = "container_group.health_path: not a path. Example: health_path = \"/health\""
  }
  validation {
    condition     = var.container_group.cpu >= 0.1 && var.container_group.cpu <= 31 && floor(var.container_group.cpu * 100) == var.container_group.cpu * 100
    error_message = "container_group.cpu: not from 0.1 to 31 CPUs in hundredths. Example: cpu = 0.5"
  }
  validation {
    condition     = var.container_group.memory >= 0.1 && var.container_group.memory <= 240 && floor(var.container_group.memory * 10) == var.container_group.memory * 10
    error_message = "container_group.memory: not from 0.1 to 240 GB in tenths. Example: memory = 1.5"
  }
  validation {
    condition     = can(regex("^[a-z](?:-?[a-z0-9]){4,62}$", coalesce(var.container_group.dns_label, "shop-production"))) && length(coalesce(var.container_group.dns_label, "shop-production")) <= 63
    error_message = "container_group.dns_label: 5 to 63 small letters, digits and single dashes, from a letter to a letter or digit. Example: dns_label = \"shop-production\""
  }
  validation {
    condition     = var.container_group.dns_label == null || var.container_group.subnet_id == null
    error_message = "container_group.dns_label: a group in a subnet has none. Example: dns_label = null"
  }
  validation {
    condition     = contains(["Unsecure", "TenantReuse", "SubscriptionReuse", "ResourceGroupReuse", "Noreuse"], var.container_group.dns_scope)
    error_message = "container_group.dns_scope: not one of TenantReuse, SubscriptionReuse, ResourceGroupReuse, Noreuse, Unsecure. Example: dns_scope = \"TenantReuse\""
  }
  validation {
    condition     = var.container_group.subnet_id == null || can(regex("^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\\.Network/virtualNetworks/[^/]+/subnets/[^/]+$", var.container_group.subnet_id))
    error_message = "container_group.subnet_id: not the ID of a subnet. Example: subnet_id = \"/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/net/subnets/aci\""
  }
  validation {
    condition     = var.container_group.start_image == null || can(regex("^[^\\s@:/]+(?::[0-9]+)?(?:/[^\\s@:/]+)*(?::[^\\s@:/]+)?(?:@sha256:[0-9a-f]{64})?$", var.container_group.start_image))
    error_message = "container_group.start_image: not an image. Example: start_image = \"mcr.microsoft.com/azuredocs/aci-helloworld:latest\""
  }
  validation {
    condition     = var.container_group.start_command == null || var.container_group.start_image != null
    error_message = "container_group.start_command: needs start_image. Example: start_image = \"mcr.microsoft.com/azuredocs/aci-helloworld:latest\""
  }
}

variable "logs" {
  description = <<-TEXT
    Log Analytics, which keeps who pushed to the registry and who read secrets.
    create: whether there is a workspace.
    workspace_id: ID of one that is there already, instead.
    days: how long logs are kept. daily_gb: what is taken in a day at most; -1 for all.
    containers: whether the first container group sends there what its containers print. The key of the workspace is
      a secret of the group then: each deployment has to give it again, in a `spec` with `diagnostics`.
  TEXT
  type = object({
    create       = optional(bool, false)
    workspace_id = optional(string)
    days         = optional(number, 30)
    daily_gb     = optional(number, 1)
    containers   = optional(bool, false)
  })
  default = {}

  validation {
    condition     = var.logs.workspace_id == null || can(regex("^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\\.OperationalInsights/workspaces/[^/]+$", var.logs.workspace_id))
    error_message = "logs.workspace_id: not the ID of a workspace. Example: workspace_id = \"/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/logs\""
  }
  validation {
    condition     = !(var.logs.create && var.logs.workspace_id != null)
    error_message = "logs.create and logs.workspace_id: one workspace is enough. Example: create = true"
  }
  validation {
    condition     = var.logs.days >= 30 && var.logs.days <= 730 && floor(var.logs.days) == var.logs.days
    error_message = "logs.days: not a number of days from 30 to 730. Example: days = 30"
  }
  validation {
    condition     = !var.logs.containers || var.logs.create || var.logs.workspace_id != null
    error_message = "logs.containers: needs a workspace, logs.create or logs.workspace_id. Example: create = true"
  }
  validation {
    condition     = var.logs.daily_gb == -1 || var.logs.daily_gb > 0
    error_message = "logs.daily_gb: not more than 0, and not -1. Example: daily_gb = 1"
  }
}

variable "alerts" {
  description = <<-TEXT
    emails: who hears of an alert.
    cpu_percent, memory_percent: share of the container's CPU and memory that is too much.
    ask: whether Application Insights asks health_path every five minutes from each place of ask_from, and tells when
      two of them get no answer. It needs a workspace (logs) and an address that the internet reaches, and costs about
      5 USD a month for each place.
    ask_from: IDs of places, https://learn.microsoft.com/azure/azure-monitor/app/availability-standard-tests.
  TEXT
  type = object({
    emails         = optional(list(string), [])
    cpu_percent    = optional(number, 90)
    memory_percent = optional(number, 90)
    ask            = optional(bool, false)
    ask_from       = optional(list(string), ["us-va-ash-azr", "emea-nl-ams-azr", "apac-sg-sin-azr"])
  })
  default = {}

  validation {
    condition     = alltrue([for email in var.alerts.emails : can(regex("^[^@\\s]+@[^@\\s]+$", email))])
    error_message = "alerts.emails: not addresses. Example: emails = [\"ops@example.com\"]"
  }
  validation {
    condition     = alltrue([for percent in [var.alerts.cpu_percent, var.alerts.memory_percent] : percent > 0 && percent <= 100])
    error_message = "alerts.cpu_percent and alerts.memory_percent: not more than 0 and at most 100. Example: memory_percent = 90"
  }
  validation {
    condition     = !var.alerts.ask || var.logs.create || var.logs.workspace_id != null
    error_message = "alerts.ask: needs a workspace, logs.create or logs.workspace_id. Example: logs = { create = true }"
  }
  validation {
    condition     = !var.alerts.ask || (var.container_group.create && var.container_group.subnet_id == null)
    error_message = "alerts.ask: needs a container group that is made here and that the internet reaches. Example: ask = false"
  }
  validation {
    condition     = length(var.alerts.ask_from) >= 2 && alltrue([for place in var.alerts.ask_from : can(regex("^[a-z0-9]+(?:-[a-z0-9]+)+$", place))])
    error_message = "alerts.ask_from: not two or more places. Example: ask_from = [\"us-va-ash-azr\", \"emea-nl-ams-azr\"]"
  }
}

variable "budget" {
  description = <<-TEXT
    Mail when the month of the resource group costs more than expected; null for none.
    amount: limit of a month, in the currency of the subscription. emails: who hears of it.
  TEXT
  type = object({
    amount = number
    emails = list(string)
  })
  default = null

  validation {
    condition     = var.budget == null || try(var.budget.amount > 0 && length(var.budget.emails) > 0, false)
    error_message = "budget: needs a limit and somebody who hears of it. Example: budget = { amount = 50, emails = [\"ops@example.com\"] }"
  }
}
