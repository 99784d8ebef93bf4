extension GateReason {
    /// The reason as one sentence for a person.
    public func sentence(in language: VerdictLanguage) -> String {
        let words = Words(reason: self)
        return language == .russian ? words.russian : words.english
    }
}

/// The figures of a reason, written out.
private struct Words {
    let reason: GateReason

    private func figure(_ name: String) -> Double { reason.figures[name] ?? 0 }
    private func count(_ name: String) -> String { Decimals.fixed(figure(name), 0) }
    private func percent(_ name: String) -> String { Decimals.percent(figure(name)) }
    private func ratio(_ name: String) -> String { Decimals.fixed(figure(name), 2) }
    private func basisPoints(_ name: String) -> String { Decimals.signed(figure(name) * 10_000, 3) }
    private var subject: String { reason.subject ?? "" }
    private var passed: Bool { reason.passed }
    private var repeated: Bool { figure("tries") > 1 }
    private var interval: String { "\(basisPoints("low")) … \(basisPoints("high"))" }

    var english: String {
        switch reason.id {
        case .figures:
            return passed
                ? "All figures are finite and cover the same bars." : "The figures cannot be used: \(subject)."
        case .bars:
            return "The window has \(count("count")) bars, at least \(count("minimum")) are needed."
        case .trades:
            return "The challenger closed \(count("count")) trades, at least \(count("minimum")) are needed."
        case .improvement:
            let verdict = passed ? "Better than the champion" : "Not shown to be better than the champion"
            let tries = repeated ? " after \(count("tries")) tries" : ""
            return "\(verdict): \(basisPoints("mean")) bp a bar (90% interval \(interval)), chance of no gain "
                + "\(percent("probability")), limit \(percent("limit"))\(tries)."
        case .drawdown:
            return
                "Drawdown \(percent("challenger")) against \(percent("champion")); the ratio is below \(ratio("bound")) with "
                + "\(percent("confidence")) confidence, limit \(ratio("limit"))."
        case .world:
            if reason.figures["count"] != nil {
                return "World \(subject) has \(count("count")) results, at least \(count("minimum")) are needed."
            }
            let verdict = passed ? "Not worse" : "Worse"
            return
                "\(verdict) in world \(subject): \(basisPoints("mean")) bp a bar (90% interval \(interval)), chance of no "
                + "loss \(percent("probability")), limit \(percent("limit"))."
        case .deflatedSharpe:
            return
                "Sharpe ratio real with \(percent("probability")) after \(count("tries")) tries, needed \(percent("minimum"))."
        case .flat:
            let verdict = passed ? "not shown to be worse than not trading" : "worse than not trading"
            return
                "First model, \(verdict): \(basisPoints("mean")) bp a bar (90% interval \(interval)), chance of no loss "
                + "\(percent("probability")), limit \(percent("limit"))."
        case .firstModelDrawdown:
            return "First model: drawdown \(percent("drawdown")), limit \(percent("limit"))."
        }
    }

    var russian: String {
        switch reason.id {
        case .figures:
            return passed
                ? "Все показатели конечны и относятся к одним и тем же свечам." : "Показатели непригодны: \(subject)."
        case .bars:
            return "В окне свечей: \(count("count")), нужно не меньше \(count("minimum"))."
        case .trades:
            return "Претендент закрыл сделок: \(count("count")), нужно не меньше \(count("minimum"))."
        case .improvement:
            let verdict = passed ? "Лучше чемпиона" : "Не доказано, что лучше чемпиона"
            let tries = repeated ? " (попыток: \(count("tries")))" : ""
            return
                "\(verdict): \(basisPoints("mean")) б. п. на свечу (90% интервал \(interval)), вероятность отсутствия "
                + "выигрыша \(percent("probability")), предел \(percent("limit"))\(tries)."
        case .drawdown:
            return
                "Просадка \(percent("challenger")) против \(percent("champion")); отношение меньше \(ratio("bound")) с "
                + "доверием \(percent("confidence")), предел \(ratio("limit"))."
        case .world:
            if reason.figures["count"] != nil {
                return "В мире \(subject) результатов: \(count("count")), нужно не меньше \(count("minimum"))."
            }
            let verdict = passed ? "Не хуже" : "Хуже"
            return "\(verdict) в мире \(subject): \(basisPoints("mean")) б. п. на свечу (90% интервал \(interval)), "
                + "вероятность отсутствия потерь \(percent("probability")), предел \(percent("limit"))."
        case .deflatedSharpe:
            return "Коэффициент Шарпа подлинный с вероятностью \(percent("probability")) (попыток: \(count("tries"))), "
                + "нужно \(percent("minimum"))."
        case .flat:
            let verdict = passed ? "не доказано, что хуже бездействия" : "хуже бездействия"
            return
                "Первая модель, \(verdict): \(basisPoints("mean")) б. п. на свечу (90% интервал \(interval)), вероятность "
                + "отсутствия убытка \(percent("probability")), предел \(percent("limit"))."
        case .firstModelDrawdown:
            return "Первая модель: просадка \(percent("drawdown")), предел \(percent("limit"))."
        }
    }
}
