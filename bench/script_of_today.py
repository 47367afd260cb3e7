"""What somebody would write today for the same job: pandas and openpyxl.

`script_of_today.py WORKPLACE OUTPUT_DIR`. It reads every sheet with
`pandas.read_excel(engine="openpyxl")`, adds up the leave, checks attendance and the
40 % of each unit and writes the result list and the name lists. It checks no cell,
knows no circumstance but a few, fills no official form and says no reason.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

WORKING_DAYS = 62  # 2021Q4
ABSENCE = ["病假", "事假", "旷工"]
UNGRADED = "试用期|立案调查|警告|记过|记大过|降级|撤职|诫勉|组织处理"
AWAY = "挂职外派|借调外出"


def read(path: Path) -> pd.DataFrame:
    frame = pd.read_excel(path, engine="openpyxl", header=1, dtype={"工号": str})
    return frame[frame["工号"].notna()]


def read_all(paths: list[Path]) -> pd.DataFrame:
    return pd.concat([read(path) for path in paths], ignore_index=True)


def grades(top: Path) -> pd.DataFrame:
    """Everybody on the roster with the grade that follows from the sheets."""
    roster = read(top / "人员名册.xlsx")
    special = read(top / "特殊情形表.xlsx")
    leave = read_all(sorted(top.rglob("*出勤汇总表.xlsx")))
    ratings = read_all(sorted(top.rglob("*季度评价汇总表.xlsx")))

    days = leave.groupby("工号")[ABSENCE].sum().sum(axis=1).rename("缺勤")
    kinds = special.groupby("工号")["情形"].agg("、".join)
    frame = roster.merge(ratings[["工号", "领导评价档次"]], on="工号", how="left")
    frame = frame.merge(days, on="工号", how="left").merge(kinds, on="工号", how="left")

    frame["考核等次"] = frame["领导评价档次"].fillna("未参加考核")
    low = frame["缺勤"] > WORKING_DAYS * 0.2
    frame.loc[low & frame["考核等次"].isin(["好", "较好"]), "考核等次"] = "一般"
    half = frame["缺勤"] > WORKING_DAYS * 0.5
    ungraded = frame["情形"].str.contains(UNGRADED, na=False)
    frame.loc[half | ungraded, "考核等次"] = "不确定等次"
    outside = (frame["在岗"] == "否") | (frame["编制"] == "编外")
    outside |= (frame["人员类别"] == "工勤") | (frame["职务职级"] == "县处级副职")
    outside |= frame["情形"].str.contains(AWAY, na=False)
    frame.loc[outside, "考核等次"] = "不在考核范围"
    return frame


def main() -> None:
    frame = grades(Path(sys.argv[1]) / "input")
    output = Path(sys.argv[2])
    output.mkdir(parents=True, exist_ok=True)

    counts = pd.crosstab(frame["呈报单位"], frame["考核等次"])
    graded = counts.drop(columns=["不在考核范围", "未参加考核"], errors="ignore")
    counts["好等次比例"] = graded["好"] / graded.sum(axis=1)

    ledger = ["呈报单位", "科室", "姓名", "工号", "职务职级", "情形", "考核等次"]
    with pd.ExcelWriter(output / "考核结果.xlsx", engine="openpyxl") as writer:
        frame[ledger].to_excel(writer, sheet_name="考核结果", index=False)
        counts.to_excel(writer, sheet_name="汇总")
    listed = frame[~frame["考核等次"].isin(["较好", "不在考核范围"])]
    with pd.ExcelWriter(output / "名单表.xlsx", engine="openpyxl") as writer:
        for unit, people in listed.groupby("呈报单位"):
            people[["姓名", "科室", "职务职级", "考核等次", "情形"]].to_excel(writer, sheet_name=str(unit), index=False)
    print(counts["好等次比例"].describe().to_string())


if __name__ == "__main__":
    main()
