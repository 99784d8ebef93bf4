extension Sentences {
    static let russian = Sentences(
        lost: "Почему сделка {trade.number} потеряла {split.net|abs}",
        won: "Сделка {trade.number} не убыточна: {split.net} чистыми",
        mainCause: "Главная причина",
        furtherCause: "Также",
        causes: [
            .costs: ("издержки", ["они взяли {recovered|abs}, сама цена дала {split.gross}"]),
            .entry: ("вход", ["вход {entry_timing.best_shift|move} добавил бы {recovered}"]),
            .exit: ("выход", ["выход {exit_timing.best_shift|move} добавил бы {recovered}"]),
            .regimeChange: (
                "смена режима",
                ["тренд развернулся через {regime.turn_bar} после входа; выход там добавил бы {recovered}"]
            ),
            .badDecision: (
                "плохое решение", ["шансы при входе были против; отказ от сделки сберёг бы {recovered|abs}"]
            ),
            .outOfDistribution: (
                "незнакомое состояние",
                ["такому политику не учили; отказ от сделки сберёг бы {recovered|abs}"]
            ),
            .ordinaryVariance: (
                "обычная случайность",
                [
                    "случай отнял {recovered|abs} по сравнению со срединным путём",
                    "такое бывает с такой сделкой и случайно",
                ]
            ),
            .unknown: ("не найдена", ["факты не говорят почему"]),
        ],
        split: "Из чего сложился итог",
        parts: [
            "price_move": "цена", "entry_timing": "вход", "exit_timing": "выход", "compounding": "пересчёт позиции",
            "fees": "комиссии", "slippage": "проскальзывание", "other": "прочее",
        ],
        facts: [
            .trade: [
                "{trade.symbol} {trade.side}, вход {trade.entry_time} по {trade.entry_price}, выход {trade.exit_time} по {trade.exit_price} ({trade.exit_reason})"
            ],
            .split: ["Цена {split.gross}, издержки {split.costs}, итог {split.net}."],
            .path: [
                "В лучший момент {path.mfe} (бар {path.mfe_bar|count}), в худший {path.mae} (бар {path.mae_bar|count} из {path.bars|count}); выход сохранил {path.exit_efficiency} этого размаха.",
                "В лучший момент {path.mfe}, в худший {path.mae} за {path.bars}.",
            ],
            .regime: [
                "Тренд при входе — {regime.entry_trend} (t {regime.entry_t}), при выходе — {regime.exit_trend} (t {regime.exit_t}); против позиции он повернул через {regime.turn_bar}, выход там дал бы {regime.net_at_turn}.",
                "Тренд при входе — {regime.entry_trend} (t {regime.entry_t}), при выходе — {regime.exit_trend} (t {regime.exit_t}).",
            ],
            .conditions: [
                "Волатильность при входе выше, чем в {conditions.entry_volatility} прошлых баров, при выходе — {conditions.exit_volatility}; объём — {conditions.entry_volume} и {conditions.exit_volume}.",
                "Объём при входе выше, чем в {conditions.entry_volume} прошлых баров, при выходе — {conditions.exit_volume}.",
            ],
            .policy: [
                "Политика дала: {policy.top} {policy.top_probability}, затем {policy.second} {policy.second_probability}; энтропия {policy.entropy|abs} нат, оценка {policy.value}."
            ],
            .shapley: [
                "Сильнее всего за решение говорила группа «{shapley.most}» ({shapley.most_value} нат логарифма вероятности).",
                "Ни одна группа входов не говорила за решение.",
            ],
            .integratedGradients: [
                "Сильнее всего повлияли входы: {integrated_gradients.input_1} ({integrated_gradients.input_1_value}), {integrated_gradients.input_2} ({integrated_gradients.input_2_value}), {integrated_gradients.input_3} ({integrated_gradients.input_3_value} нат); невязка {integrated_gradients.gap}."
            ],
            .distance: [
                "Состояние в {distance.distance} стандартных отклонениях от обучающих данных, дальше {distance.percentile} из {distance.known_states} известных; дальше всего {distance.furthest_input} ({distance.furthest_deviation}).",
                "Состояние в {distance.distance} стандартных отклонениях от обучающих данных; дальше всего {distance.furthest_input} ({distance.furthest_deviation}).",
            ],
            .alternatives: [
                "Без сделки {alternatives.no_trade}, в обратную сторону {alternatives.opposite}, половинный размер {alternatives.half_size}."
            ],
            .entryTiming: [
                "Лучший сдвиг входа: {entry_timing.best_shift|move}, итог {entry_timing.best}; столько же случайно даёт {entry_timing.chance} убыточных путей.",
                "Лучший сдвиг входа: {entry_timing.best_shift|move}, итог {entry_timing.best}.",
            ],
            .exitTiming: [
                "Лучший сдвиг выхода: {exit_timing.best_shift|move}, итог {exit_timing.best}; столько же случайно даёт {exit_timing.chance} убыточных путей.",
                "Лучший сдвиг выхода: {exit_timing.best_shift|move}, итог {exit_timing.best}.",
            ],
            .stops: [
                "Со стопом в 1, 1.5 или 2 средних размаха: {stops.stop_1_atr}, {stops.stop_1_5_atr}, {stops.stop_2_atr}."
            ],
            .previousChampion: [
                "{previous_champion.version} до неё начала бы с «{previous_champion.side}» и дала бы {previous_champion.net}."
            ],
            .hindsight: ["Зная все закрытия, можно было взять {hindsight.best} (сделок: {hindsight.trades})."],
            .neighbours: [
                "Из {neighbours.count} самых похожих прошлых входов прибыльны {neighbours.wins} ({neighbours.win_share_low}–{neighbours.win_share_high}); из всех {neighbours.base_count} прибыльны {neighbours.base_rate}."
            ],
            .luck: [
                "На {luck.paths} смоделированных путях убыток в {luck.loss_probability}; {luck.percentile} из них кончаются хуже, девять из десяти — между {luck.low} и {luck.high}."
            ],
        ],
        missing: [
            .modelGone: "файлов политики больше нет", .noInputs: "сделка пришла без того, что видела политика",
            .noCandles: "её свечи не сохранены", .tooFew: "мало истории",
            .incomplete: "вклады не сходятся с тем, что объясняют",
            .noPredecessor: "до неё никакая версия не работала",
            .noTrainingFigures: "политика не говорит, на чём её учили",
        ],
        kinds: [
            .trade: "Сделка", .split: "Итог", .path: "Путь", .regime: "Режим", .conditions: "Условия",
            .policy: "Политика", .shapley: "Группы входов", .integratedGradients: "Входы", .distance: "Знакомость",
            .alternatives: "Вместо этого", .entryTiming: "Вход", .exitTiming: "Выход", .stops: "Стопы",
            .previousChampion: "Чемпион до неё", .hindsight: "Задним числом", .neighbours: "Похожие входы",
            .luck: "Случай",
        ],
        words: [
            "up": "вверх", "down": "вниз", "sideways": "вбок", "flat": "вне рынка", "long": "лонг", "short": "шорт",
            "signal": "по сигналу", "flip": "переворот", "stop_loss": "стоп", "take_profit": "цель",
            "end_of_data": "конец данных", "other": "иное", "returns": "доходности", "bar": "бар", "trend": "тренд",
            "volatility": "волатильность", "clock": "часы", "state": "позиция",
            "day_sin": "время суток", "day_cos": "время суток", "week_sin": "день недели", "week_cos": "день недели",
        ],
        earlier: "на {bars} раньше",
        later: "на {bars} позже",
        synthetic: "Синтетический рынок.",
        source: "По правилам, из сохранённых фактов; модель не спрашивали.")
}
