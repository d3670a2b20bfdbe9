# Runs the AWS CLI for each line of its input, a list of arguments in JSON, without starting it anew
# for each. Answers with a line of JSON: how the command ended, and what it printed.
import contextlib
import io
import json
import sys

from awscli.clidriver import create_clidriver

driver = create_clidriver()
for line in sys.stdin:
    printed, said = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(said):
        try:
            code = driver.main(json.loads(line))
        except SystemExit as end:
            code = end.code
    answer = {"code": code, "out": printed.getvalue(), "err": said.getvalue()}
    print(json.dumps(answer), flush=True)
