locals {
  repository_name = coalesce(var.registry.name, var.name)
  repository      = one(concat(aws_ecr_repository.this, data.aws_ecr_repository.this))
}

data "aws_ecr_repository" "this" {
  count = var.registry.create ? 0 : 1
  name  = local.repository_name
}

resource "aws_ecr_repository" "this" {
  count                = var.registry.create ? 1 : 0
  name                 = local.repository_name
  image_tag_mutability = var.registry.immutable ? "IMMUTABLE" : "MUTABLE"
  force_delete         = var.registry.delete_with_images

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = var.registry.kms_key == null ? "AES256" : "KMS"
    kms_key         = var.registry.kms_key
  }
}

resource "aws_ecr_lifecycle_policy" "this" {
  count      = length(aws_ecr_repository.this)
  repository = aws_ecr_repository.this[0].name
  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "keep the newest ${var.registry.keep}"
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = var.registry.keep }
      action       = { type = "expire" }
    }]
  })
}
