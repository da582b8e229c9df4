// A level that lasts, from one clock to another: three registers.
module interrupt_crossing (
  (* X_INTERFACE_INFO = "xilinx.com:signal:clock:1.0 clk CLK" *)
  input  wire clk,  // of `crossed`
  input  wire level,
  output wire crossed
);
  (* ASYNC_REG = "TRUE" *) reg [2:0] stages = 3'b000;
  always @(posedge clk) stages <= {stages[1:0], level};
  assign crossed = stages[2];
endmodule
