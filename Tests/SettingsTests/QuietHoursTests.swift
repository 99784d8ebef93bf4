import Settings
import Testing

@Suite("Quiet hours")
struct QuietHoursTests {
    @Test("they begin with their first minute and end before their last, over midnight too")
    func contains() throws {
        let night = try #require(Settings.QuietHours("22:00-07:00"))
        #expect(night.contains(minute: 22 * 60))
        #expect(night.contains(minute: 0))
        #expect(night.contains(minute: 6 * 60 + 59))
        #expect(!night.contains(minute: 7 * 60))
        #expect(!night.contains(minute: 21 * 60 + 59))
        let noon = try #require(Settings.QuietHours("12:30-13:00"))
        #expect(noon.contains(minute: 750))
        #expect(!noon.contains(minute: 749))
        #expect(!noon.contains(minute: 780))
        #expect(noon.description == "12:30-13:00")
    }

    @Test(
        "anything else is no time",
        arguments: ["", "22:00", "22:00-22:00", "24:00-07:00", "7:00-8:00", "22:60-07:00", "+2:00-03:00"])
    func malformed(text: String) {
        #expect(Settings.QuietHours(text) == nil)
    }
}
