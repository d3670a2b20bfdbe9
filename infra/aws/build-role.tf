# For build-push: pushes images to the one repository, reads them back, moves tags.
resource "aws_iam_role" "build" {
  name                 = "${local.name}-build"
  description          = "Pushes images of ${var.github.repository}"
  assume_role_policy   = local.trust.build
  max_session_duration = 3600
}

resource "aws_iam_role_policy" "build" {
  name = "push"
  role = aws_iam_role.build.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["ecr:GetAuthorizationToken"], Resource = "*" },
      {
        Effect = "Allow"
        Action = [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:CompleteLayerUpload",
          "ecr:DescribeImages",
          "ecr:GetDownloadUrlForLayer",
          "ecr:InitiateLayerUpload",
          "ecr:ListImages", # the tags there are, for latest, 1 and 1.2
          "ecr:PutImage",
          "ecr:UploadLayerPart",
        ]
        Resource = local.repository.arn
      },
    ]
  })
}
