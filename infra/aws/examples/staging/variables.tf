variable "region" {
  description = "Example: eu-central-1"
  type        = string
}

variable "name" {
  description = "Name of the app. Example: shop"
  type        = string
}

variable "github" {
  description = "Repository that deploys. Example: { repository = \"octo-org/shop\" }"
  type = object({
    repository      = string
    owner_id        = optional(number)
    repository_id   = optional(number)
    trust_names     = optional(bool, true)
    build_refs      = optional(list(string), ["refs/heads/main"])
    create_provider = optional(bool, true)
  })
}

variable "emails" {
  description = "Who hears of alarms and costs."
  type        = list(string)
  default     = []
}
