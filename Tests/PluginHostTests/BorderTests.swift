import CPluginBridge
import PluginHost
import Testing
import WireProtocol

/// Values on their way between scripts and host, and the formats scripts can read and write.
@Suite struct BorderTests {
    /// Runs a route with this body.
    private func run(_ body: String) throws -> Outcome {
        try PluginBench("return { api = 1, routes = { r = function(ctx)\n\(body)\nend } }").route("r")
    }

    private func expectTrue(_ body: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let outcome = try run(body + "\nreturn 'good'")
        #expect(outcome.resultText == "good", "\(outcome)", sourceLocation: sourceLocation)
    }

    @Test func valuesComeBackAsTheyWent() throws {
        try expectTrue(
            """
            local function same(a, b)
              if type(a) ~= "table" then return a == b and math.type(a) == math.type(b) end
              for k, v in pairs(a) do if not same(v, b[k]) then return false end end
              for k in pairs(b) do if a[k] == nil then return false end end
              return true
            end
            for _, v in ipairs { 1, -1, 1.5, 1e300, 0.0, math.maxinteger, math.mininteger, math.huge, true, false, "", "a\\0b\\xff", ("x"):rep(100000),
                {}, { 1, 2, 3 }, { a = 1, [5] = 2, [1.5] = 3, [true] = 4 }, { { { {} } } }, { [1] = 1, [3] = 3 }, { 1, nil, 3 } } do
              assert(same(v, (hpush.echo(v))))
            end
            assert(select("#", hpush.echo()) == 0 and select("#", hpush.echo(nil, nil)) == 2)
            assert(select(3, hpush.echo(1, nil, "x")) == "x")
            local nan = hpush.echo(0 / 0) assert(nan ~= nan)
            local deep = {} for _ = 1, 31 do deep = { deep } end assert(same(deep, (hpush.echo(deep))))
            """)
    }

    @Test(arguments: [
        ("local t = {} t[1] = t hpush.echo(t)", "a table is nested deeper than 32 levels, or contains itself"),
        ("local t = {} t[t] = 1 hpush.echo(t)", "a table is nested deeper than 32 levels"),
        ("hpush.echo(print)", "a function can't be handed over, only nil"),
        ("hpush.echo(coroutine.create(print))", "a thread can't be handed over"),
        ("hpush.echo({ { print } })", "a function can't be handed over"),
        ("hpush.echo(ctx)", "this object can't be handed over"), ("hpush.echo(hpush.stop)", "this object can't be handed over"),
        ("hpush.echo(('x'):rep(8000000), ('x'):rep(8000000), ('x'):rep(8000000))", "larger than 16 MB"),
        ("hpush.json.decode('[1,]')", "json: a value is expected at byte 4"), ("hpush.json.decode('')", "json: the text ends too early"),
        ("hpush.json.decode('{\"a\":1}x')", "json: something follows the value"),
        ("hpush.json.decode('{a:1}')", "json: a key in quotes is expected at byte 2"),
        ("hpush.json.decode('[01]')", "json:"), ("hpush.json.decode('\"\\\\ud800\"')", "json: half a surrogate pair"),
        ("hpush.json.decode('\"\\\\x\"')", "json: an unknown escape"),
        ("hpush.json.decode('\"a\\nb\"')", "json: a control character"), ("hpush.json.decode('1e999')", "json: a number that is too large"),
        ("hpush.json.decode(('['):rep(100))", "json: nested too deep"), ("hpush.json.decode('nul')", "json: a value is expected"),
        ("hpush.json.decode('-')", "json: a bad number"),
        ("hpush.json.encode({ 1, a = 2 })", "the keys of a table are 1..n or all strings"), ("hpush.json.encode(0/0)", "has no JSON form"),
        ("hpush.json.encode(print)", "json: a function has no JSON form"),
        ("local t = {} t.t = t hpush.json.encode(t)", "or contains itself"),
        ("hpush.json.encode()", "bad argument #1"), ("hpush.base64.encode({})", "bad argument #1"),
    ]) func refusals(_ body: String, _ expected: String) throws {
        let reason = try run(body).failure?.reason ?? ""
        #expect(reason.contains(expected), "\(reason)")
    }

    @Test func jsonBothWays() throws {
        try expectTrue(
            #"""
            local e, d = hpush.json.encode, hpush.json.decode
            assert(e({}) == "{}" and e({ 1, 2.5, "x", true, false, { a = {} } }) == '[1,2.5,"x",true,false,{"a":{}}]')
            assert(e({ b = 1, a = 2, [""] = 3 }) == '{"":3,"a":2,"b":1}' and e(nil) == "null")
            assert(e("a\"\\\n\r\t\0\x1f/é") == [["a\"\\\n\r\t\u0000\u001f/é"]])
            assert(e(0.1) == "0.1" and e(1 / 3) == "0.33333333333333331" and e(math.mininteger) == "-9223372036854775808" and e(1e100) == "1e+100")
            assert(d("[]")[1] == nil and d(" { \"a\" : [ 1 , null , 3 ] } ").a[3] == 3)
            assert(math.type(d("1")) == "integer" and math.type(d("1.0")) == "float" and d("-0.5e1") == -5 and d("123456789012345678901") == 123456789012345678901)
            assert(d([["\u0041\u00e9\u4f60\ud83d\ude00\/\b\f"]]) == "Aé你😀/\b\f" and d('"\\u0000"') == "\0")
            assert(d("null") == nil and d("true") == true and d("false") == false)
            local t = { list = { 1, 2 }, text = ("x"):rep(5000), nested = { { a = 1 }, { b = { 2 } } } }
            assert(e(d(e(t))) == e(t))
            """#)
    }

    @Test func base64BothWays() throws {
        try expectTrue(
            #"""
            local e, d = hpush.base64.encode, hpush.base64.decode
            for plain, coded in pairs { [""] = "", f = "Zg==", fo = "Zm8=", foo = "Zm9v", ["\0\xff\xfe"] = "AP/+" } do assert(e(plain) == coded and d(coded) == plain) end
            for _, bad in ipairs { "Z", "Zg=", "Zg", "====", "Z===", "Zm9v!", "Zm 9v===", "Z\0==", "=m9v", "Zg==Zg==" } do assert(d(bad) == nil, bad) end
            local bytes = {} for i = 0, 255 do bytes[#bytes + 1] = string.char(i) end
            local all = table.concat(bytes) assert(d(e(all)) == all and #d(e(all:rep(100))) == 25600)
            """#)
    }

    @Test func clocksAndIdentifiers() throws {
        try expectTrue(
            """
            local a, b = hpush.monotonic(), hpush.monotonic()
            assert(b >= a and hpush.now() > 1.6e9 and math.type(hpush.now()) == "float")
            local u = hpush.uuid()
            assert(#u == 36 and u:match("^%x+%-%x+%-4%x%x%x%-[89ab]%x%x%x%-%x+$") and u ~= hpush.uuid())
            assert(hpush.shared.incr("n") == 1 and hpush.shared.incr("n", 5) == 6 and hpush.shared.add("k", "v") and not hpush.shared.add("k", "w"))
            hpush.metrics.add("m") hpush.metrics.set("g", 2.5)
            """)
    }

    @Test func memoryComesBackAfterHandlers() throws {
        let bench = try PluginBench(
            "return { api = 1, inbound = { message_request = function(ctx, msg) local t = {} for i = 1, 1000 do t[i] = msg:copy() t[i].content = ('x'):rep(100) .. i t[i]:size() end end } }"
        )
        bench.state.collectGarbage()
        let before = bench.state.memory
        for _ in 0..<50 { #expect(try bench.inbound(chat()).verdict == HP_NEXT) }
        bench.state.collectGarbage()
        #expect(bench.state.memory < before + 65536)
    }
}
