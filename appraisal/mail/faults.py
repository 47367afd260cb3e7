"""What can be wrong with the address book and with what is to be sent.

Not among `problems.FAULTS`: those are found by a run, these by `mail` alone, and none of them concerns a grade.
"""

from __future__ import annotations

from appraisal.problems import Fault, Severity

ERROR, WARNING = Severity.ERROR, Severity.WARNING

NO_COLUMNS = Fault("mail-no-columns", ERROR, "通讯录没有规定的表头", "找不到表头（应有 对象、类别、收件人，可加 抄送）", "请按规定的列名填写通讯录")
UNREAD = Fault("mail-unread", ERROR, "通讯录里有读不准的单元格", "通讯录{why}", "请取消隐藏、改正后重试")
BAD_ADDRESS = Fault(
    "mail-bad-address", ERROR, "邮件地址写法不对", "{name}的{item}“{found}”{why}", "请改成一个地址，例如 zhangsan@example.gov.cn；几个地址之间用分号隔开"
)
OUTSIDE = Fault(
    "mail-outside",
    ERROR,
    "邮件地址不在允许的域名之内",
    "{name}的{item}“{found}”不在允许的域名之内（{domains}）",
    "请核对地址；确需发往这个域名的，请写进 mail.yaml 的 domains",
)
UNKNOWN_CATEGORY = Fault("mail-unknown-category", ERROR, "类别填得不对", "{name}的类别填的是“{found}”", "请填 上级主管、呈报单位、科室 或 个人")
NO_OBJECT = Fault("mail-no-object", ERROR, "通讯录里有地址没有对象", "这一行有收件人，没有对象", "请补填对象")
TWICE = Fault("mail-twice", ERROR, "同一对象有两行", "{category}“{name}”有两行（另一处：{other}），分不清该用哪一行", "请合并成一行，几个地址之间用分号隔开")
UNKNOWN_OBJECT = Fault("mail-unknown-object", WARNING, "通讯录的对象在名册里没有", "{category}“{name}”在人员名册里没有", "请核对名称；已撤销的请删去这一行")
AMBIGUOUS = Fault(
    "mail-ambiguous", ERROR, "对象分不清是哪一个", "{category}“{name}”在人员名册里有 {count} 个（{where}），分不清是哪一个", "请写明呈报单位（或科室、工号）"
)
OTHER_ADDRESS = Fault("mail-other-address", ERROR, "个人的地址与名册不同", "{name}的收件人“{found}”与人员名册里的“{known}”不同", "请核对，改成一致")
NO_ADDRESS = Fault("mail-no-address", ERROR, "有邮件要发，通讯录里没有收件人", "通讯录里没有{category}“{name}”的收件人，{kind}邮件没有生成", "请在通讯录里补上")
NOT_FINAL = Fault(
    "mail-not-final",
    WARNING,
    "本期还不是最终结果",
    "{period}还不是最终结果（草稿），只生成退回和催报，不生成备案、结果和反馈邮件",
    "请改正材料、完成审定并重新运行 run 之后再发",
)
FILE_CHANGED = Fault(
    "mail-file-changed", ERROR, "输出文件与运行记录不符", "“{file}”{why}，没有附上，相关邮件没有生成", "请重新运行 run，不要手工改动 output 里的文件"
)
OTHER_UNIT = Fault(
    "mail-other-unit",
    ERROR,
    "表里的呈报单位与收件单位不符",
    "“{file}”里写的呈报单位是“{found}”，收件的是“{name}”，邮件没有生成",
    "请重新运行 run，不要手工改动 output 里的文件",
)
NO_OWNER = Fault("mail-no-owner", WARNING, "退回文件看不出属于哪个科室", "“{file}”看不出属于哪一个科室，没有附在任何邮件里", "请人工转交")

BLOCKING = frozenset({fault.code for fault in (NO_COLUMNS, UNREAD, BAD_ADDRESS, OUTSIDE, UNKNOWN_CATEGORY, NO_OBJECT, TWICE, AMBIGUOUS, OTHER_ADDRESS)})
"""Faults of the address book: while there is one, no mail at all is sent."""
