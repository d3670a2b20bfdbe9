variable "service" {
  description = <<-TEXT
    container, port, health_path: the app's container, where it listens, and what it answers with 200.
    cpu, memory, architecture: size of a task, in CPU units and MiB, and X86_64 or ARM64.
    tasks: tasks to start with; min, max and cpu_target (percent) are autoscaling's.
    spot: whether tasks may be interrupted for a lower price.
    start_image: what runs until the first deployment; default is busybox, which needs the public internet.
    start_command: command of that image; it has to listen on port and answer health_path.
    secrets: ARNs in Secrets Manager or Parameter Store that tasks may read.
    exec: whether `aws ecs execute-command` opens a shell in a task.
    insights: CloudWatch Container Insights, "disabled", "enabled" or "enhanced".
    drain: seconds that open requests get before a task stops.
    log_days: how long logs are kept.
  TEXT
  type = object({
    container     = optional(string, "app")
    port          = optional(number, 3000)
    health_path   = optional(string, "/health")
    cpu           = optional(number, 256)
    memory        = optional(number, 512)
    architecture  = optional(string, "X86_64")
    tasks         = optional(number, 2)
    min           = optional(number, 2)
    max           = optional(number, 10)
    cpu_target    = optional(number, 60)
    spot          = optional(bool, false)
    start_image   = optional(string)
    start_command = optional(list(string))
    secrets       = optional(list(string), [])
    exec          = optional(bool, false)
    insights      = optional(string, "disabled")
    drain         = optional(number, 30)
    log_days      = optional(number, 30)
  })
  default = {}

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,255}$", var.service.container))
    error_message = "service.container: not a name of a container. Example: container = \"app\""
  }
  validation {
    condition     = var.service.port >= 1 && var.service.port <= 65535 && floor(var.service.port) == var.service.port
    error_message = "service.port: not a port. Example: port = 3000"
  }
  validation {
    # No quotes, spaces or dollars: the path goes into the command of the first task.
    condition     = can(regex("^/[A-Za-z0-9._~/-]*$", var.service.health_path))
    error_message = "service.health_path: not a path. Example: health_path = \"/health\""
  }
  validation {
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
    condition = try(
      var.service.cpu == 256 ? contains([512, 1024, 2048], var.service.memory) :
      var.service.memory % 1024 == 0 &&
      var.service.memory >= { 512 = 1024, 1024 = 2048, 2048 = 4096, 4096 = 8192, 8192 = 16384, 16384 = 32768 }[var.service.cpu] &&
      var.service.memory <= { 512 = 4096, 1024 = 8192, 2048 = 16384, 4096 = 30720, 8192 = 61440, 16384 = 122880 }[var.service.cpu] &&
      (var.service.cpu < 8192 || var.service.memory % (var.service.cpu / 2) == 0),
      false,
    )
    error_message = "service.cpu and service.memory: Fargate does not have this pair. Example: cpu = 256, memory = 512; or cpu = 1024, memory = 2048"
  }
  validation {
    condition     = contains(["X86_64", "ARM64"], var.service.architecture)
    error_message = "service.architecture: not one of X86_64, ARM64. Example: architecture = \"ARM64\""
  }
  validation {
    condition     = var.service.min >= 0 && var.service.min <= var.service.tasks && var.service.tasks <= var.service.max
    error_message = "service.tasks: not between min and max. Example: min = 2, tasks = 2, max = 10"
  }
  validation {
    condition     = var.service.cpu_target >= 10 && var.service.cpu_target <= 90
    error_message = "service.cpu_target: not from 10 to 90 percent. Example: cpu_target = 60"
  }
  validation {
    condition     = (var.service.start_image == null) == (var.service.start_command == null) || var.service.start_image != null
    error_message = "service.start_command: needs start_image. Example: start_image = \"123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:first\""
  }
  validation {
    condition     = alltrue([for arn in var.service.secrets : can(regex("^arn:aws[a-z-]*:(?:secretsmanager|ssm):[a-z0-9-]+:[0-9]{12}:[^*]+$", arn))])
    error_message = "service.secrets: not ARNs of secrets or parameters, or a * in one. Example: secrets = [\"arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-db-AbCdEf\"]"
  }
  validation {
    condition     = contains(["disabled", "enabled", "enhanced"], var.service.insights)
    error_message = "service.insights: not one of disabled, enabled, enhanced. Example: insights = \"enhanced\""
  }
  validation {
    condition     = var.service.drain >= 0 && var.service.drain <= 3600
    error_message = "service.drain: not from 0 to 3600 seconds. Example: drain = 30"
  }
  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.service.log_days)
    error_message = "service.log_days: CloudWatch keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days. Example: log_days = 30"
  }
}

variable "registry" {
  description = <<-TEXT
    Repository in Amazon ECR for the images.
    name: its name; default is that of the app.
    create: false where it is there already, such as the one that another environment made.
    immutable: whether a tag keeps the image that it got first. Then no moving tag (latest, 1, 1.2) can be pushed.
    keep: images that are kept, newest first.
    kms_key: ARN of a key of your own for the encryption; default is AES-256 by Amazon.
    delete_with_images: whether `terraform destroy` also deletes a repository that holds images.
  TEXT
  type = object({
    name               = optional(string)
    create             = optional(bool, true)
    immutable          = optional(bool, false)
    keep               = optional(number, 30)
    kms_key            = optional(string)
    delete_with_images = optional(bool, false)
  })
  default = {}

  validation {
    condition     = can(regex("^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$", coalesce(var.registry.name, "app")))
    error_message = "registry.name: not a name of a repository. Example: name = \"team/shop\""
  }
  validation {
    condition     = var.registry.keep >= 1 && var.registry.keep <= 1000 && floor(var.registry.keep) == var.registry.keep
    error_message = "registry.keep: not a number of images from 1 to 1000. Example: keep = 30"
  }
  validation {
    condition     = var.registry.kms_key == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.registry.kms_key))
    error_message = "registry.kms_key: not the ARN of a key. Example: kms_key = \"arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d\""
  }
}

variable "alarms" {
  description = <<-TEXT
    emails: who hears of an alarm.
    errors_percent: share of the app's answers with a status of 500 or more that is too much.
    rollback: whether the alarms, but for that about CPU, also end a rollout and roll it back. ECS then watches them
      for some minutes after each rollout.
  TEXT
  type = object({
    emails         = optional(list(string), [])
    errors_percent = optional(number, 5)
    rollback       = optional(bool, true)
  })
  default = {}

  validation {
    condition     = alltrue([for email in var.alarms.emails : can(regex("^[^@\\s]+@[^@\\s]+$", email))])
    error_message = "alarms.emails: not addresses. Example: emails = [\"ops@example.com\"]"
  }
  validation {
    condition     = var.alarms.errors_percent > 0 && var.alarms.errors_percent <= 100
    error_message = "alarms.errors_percent: not more than 0 and at most 100. Example: errors_percent = 5"
  }
}

variable "budget" {
  description = <<-TEXT
    Mail when the month costs more than expected; null for none.
    usd: limit of a month in US dollars. emails: who hears of it.
    tag: count only what has this tag, `KEY=VALUE`. It has to be activated as a cost allocation tag before, or nothing is counted.
  TEXT
  type = object({
    usd    = number
    emails = list(string)
    tag    = optional(string)
  })
  default = null

  validation {
    condition     = var.budget == null || try(var.budget.usd > 0 && length(var.budget.emails) > 0, false)
    error_message = "budget: needs a limit and somebody who hears of it. Example: budget = { usd = 50, emails = [\"ops@example.com\"] }"
  }
  validation {
    condition     = can(regex("^[^=$]+=[^=$]+$", try(coalesce(var.budget.tag, "Stack=shop"), "Stack=shop")))
    error_message = "budget.tag: not KEY=VALUE. Example: tag = \"Stack=shop-production\""
  }
}
